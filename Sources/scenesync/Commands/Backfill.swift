import ArgumentParser
import Postgres
import ProjectSync

/// Makes rows of the images that old projects have in their documents.
struct Backfill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the imageUrls stored in documents into generated_images, where readers see no difference.",
        discussion: """
            Runs as the owner of the app's tables, beside whoever writes. Documents are left as they are; scenes that \
            have rows or lost their fallback are left alone, and what cannot be copied without a difference is listed. \
            What readers see is compared before and after, in the transaction that copies. A backfill that was stopped \
            goes on where it was.
            """)

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Count what would be copied, list what would be left out, and change nothing.")
    var dryRun = false

    @Option(help: "Only this project (may be given several times).")
    var project: [ProjectID] = []

    @Flag(help: "Begin with the first project, also if an earlier backfill was stopped half way.")
    var restart = false

    @Option(help: "Seconds to try again for projects that other transactions keep locked (default 60).")
    var wait: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        try await ExitStatus.report {
            let settings = try Settings(configurationFile: database.config)
            let patience = try settings.number("wait", wait, default: 60, Bounds.patience)
            let report = BackfillReport(isDry: dryRun, isJSON: json)
            let target = try await BackfillDatabase.open(
                settings.databaseURL(database.databaseURL), schema: settings.string("schema", database.schema),
                readOnly: dryRun)
            let isWhole: Bool
            do {
                isWhole = try await Interruption.interrupting {
                    try await copy(BackfillRun(target, wait: .seconds(patience), report: report))
                }
            } catch {
                report.end(isComplete: false)
                throw error
            }
            // Nothing of a transaction that was under way stays.
            await target.session.close()
            report.end(isComplete: isWhole)
            guard isWhole, report.isWhole else { throw ExitCode.failure }
        }
    }

    private func copy(_ run: BackfillRun) async throws {
        var run = run
        guard project.isEmpty else { return try await run.run(project) }
        guard !dryRun else { return try await run.runAll(from: nil) }
        try await run.database.takeTurn()
        let start = restart ? nil : try await run.database.bookmark()
        if let start { Console.note("going on after \(start), where an earlier backfill was stopped") }
        try await run.runAll(from: start)
    }
}

extension ProjectID: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}
