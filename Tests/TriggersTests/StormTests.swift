import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct StormTests {
    /// What a writer may meet that lives with others: the key, the parent, a deadlock of its own making, serialization.
    private static let expected: Set<String> = ["23505", "23503", "40P01", "40001", "21000"]

    @Test(arguments: RowSecurity.whole)
    func `the payloads of a storm tell what the tables hold`(_ security: RowSecurity) async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        let admin = try await Database.current.open(as: .superuser)
        try await admin.query("ALTER DATABASE \(Database.current.name) SET deadlock_timeout = '20ms'")
        let feed = try await Feed(security)

        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...8 {
                group.addTask { try await storm(feed.anotherWriter(), RandomStatement(writer: number, seed: seed)) }
            }
            try await group.waitForAll()
        }

        let heard = try await feed.heard()
        var rebuilt = Rebuilt()
        for payload in heard {
            rebuilt.apply(payload)
        }
        #expect(heard.count > 400, "seed \(seed)")
        #expect(rebuilt.disorder.isEmpty, "seed \(seed)")
        for project in ["A", "B"] {
            let id = Names.id(project)
            let rows = try await feed.owner.query(
                """
                SELECT scene_index, image_index, image_url
                FROM generated_images
                WHERE content_creation_request_id = $1
                """, [id])
            var places: [Rebuilt.Place: String] = [:]
            for row in 0..<rows.count {
                let scene = Int(rows.int64(row, 0) ?? 0)
                places[.init(project: id, scene: scene, index: Int(rows.int64(row, 1) ?? 0))] = rows.string(row, 2)
            }
            for (place, known) in rebuilt.images where place.project == id {
                guard known.n > rebuilt.unknown[id]?[place.scene] ?? 0 else { continue }
                #expect(places[place] == known.url, "seed \(seed), \(place)")
            }
            for place in places.keys where rebuilt.images[place] == nil && rebuilt.unknown[id]?[place.scene] == nil {
                Issue.record("nobody told of \(place), seed \(seed)")
            }
            #expect(try await feed.load(project).lost == rebuilt.lost[id] ?? [:], "seed \(seed)")
        }
    }

    private func storm(_ writer: Session, _ statements: RandomStatement) async throws {
        var statements = statements
        for _ in 0..<100 {
            do {
                try await transaction(writer, &statements)
            } catch let error as PostgresError where Self.expected.contains(error.sqlstate ?? "") {
                try await writer.query("ROLLBACK")
            }
        }
    }

    private func transaction(_ writer: Session, _ statements: inout RandomStatement) async throws {
        try await writer.query("BEGIN \(statements.chance(20) ? "ISOLATION LEVEL REPEATABLE READ" : "")")
        for project in ["@A", "@B"] {
            try await writer.query(
                "INSERT INTO content_creation_requests (id) VALUES (\(project)) ON CONFLICT DO NOTHING".withNames)
        }
        repeat {
            try await writer.query("SAVEPOINT before")
            try await writer.query(statements.next().withNames)
            if statements.chance(15) { try await writer.query("ROLLBACK TO before") }
        } while statements.chance(50)
        try await writer.query(statements.chance(15) ? "ROLLBACK" : "COMMIT")
    }
}
