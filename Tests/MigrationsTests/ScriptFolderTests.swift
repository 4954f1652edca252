import FoundationEssentials
import Migrations
import Postgres
import Testing
import Triggers

/// SwiftPM only warns of a script that no target declares, and takes names that differ in the first digit for one.
@Suite(.timeLimit(.minutes(1)))
struct ScriptFolderTests {
    private static let folders = [("migrations", Migrations.all), ("triggers", Triggers.all)]

    private static let root = String(#filePath.dropLast("/Tests/MigrationsTests/ScriptFolderTests.swift".count))

    /// Names without the suffix, in their order.
    private func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/\(folder)")
            .filter { $0.hasSuffix(".sql") }
            .map { String($0.dropLast(".sql".count)) }
            .sorted()
    }

    private func text(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(Self.root)/\(file)")), as: UTF8.self)
    }

    @Test(arguments: folders)
    func `every file is a script, in the order of their names`(_ folder: String, _ scripts: [Script]) throws {
        #expect(try files(in: folder) == scripts.map(\.name))
    }

    @Test(arguments: folders)
    func `every script has the text of its file`(_ folder: String, _ scripts: [Script]) throws {
        for script in scripts {
            #expect(try script.text == text("\(folder)/\(script.name).sql"), "\(script.name)")
        }
    }

    @Test(arguments: folders)
    func `the package names every file of the folder and no other`(_ folder: String, _ scripts: [Script]) throws {
        let package = try text("Package.swift")
        let list = try #require(package.firstRange(of: "let \(folder) = ["))
        let end = try #require(package[list.upperBound...].firstIndex(of: "]"))

        let named = package[list.upperBound..<end].split(separator: "\"").filter { $0.hasSuffix(".sql") }

        #expect(try named.map { String($0.dropLast(".sql".count)) } == files(in: folder))
    }

    @Test func `migrations are numbered one by one`() throws {
        let numbers = Migrations.all.map { Int($0.name.prefix(4)) }

        #expect(numbers == (1...Migrations.all.count).map { $0 })
    }

    @Test func `no script ends the transaction it runs in`() throws {
        for script in Migrations.all + Triggers.all {
            let words = script.text.split { !$0.isLetter }.filter { $0.allSatisfy(\.isUppercase) }
            #expect(!words.contains("COMMIT") && !words.contains("ROLLBACK"), "\(script.name)")
        }
    }
}
