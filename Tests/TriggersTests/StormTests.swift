import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct StormTests {
    /// What a writer may meet that lives with others: the key, the parent, a deadlock of its own making, serialization.
    private static let expected: Set<String> = ["23505", "23503", "40P01", "40001", "21000"]

    @Test(arguments: RowSecurity.whole, Feed.Way.allCases)
    func `the payloads of a storm tell what the tables hold`(_ security: RowSecurity, _ way: Feed.Way) async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        let feed = try await Feed(security, by: way)

        async let early = hear(feed, times: 40)
        try await storm(feed, seed)

        let heard = try await early + feed.heard()
        let rebuilt = Rebuilt(heard)
        #expect(heard.count > 400, "seed \(seed)")
        #expect(rebuilt.disorder.isEmpty, "seed \(seed)")
        try await compare(rebuilt, feed, seed)
    }

    @Test func `a storm in which the way changes again and again is told all the same`() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        let feed = try await Feed(by: .table)

        async let early = hear(feed, times: 40)
        async let changes: Void = changeWay(feed, times: 60)
        try await storm(feed, seed)
        try await changes

        let last = try await feed.heardByBothWays()
        let heard = try await early + last.notification + last.table
        #expect(heard.count > 400, "seed \(seed)")
        try await compare(Rebuilt(heard), feed, seed)
    }

    private func hear(_ feed: Feed, times: Int) async throws -> [Payload] {
        var payloads: [Payload] = []
        for _ in 0..<times {
            let heard = try await feed.heardByBothWays()
            payloads += heard.notification + heard.table
        }
        return payloads
    }

    /// Each time a daemon waits until all who are busy have ended.
    private func changeWay(_ feed: Feed, times: Int) async throws {
        for _ in 0..<times {
            try await feed.gate.take(.quiet)
            try await feed.gate.leave(.quiet)
        }
    }

    private func compare(_ rebuilt: Rebuilt, _ feed: Feed, _ seed: UInt64) async throws {
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
                if rebuilt.isUnknown(place.scene, of: id, at: known.n) { continue }
                #expect(places[place] == known.url, "seed \(seed), \(place)")
            }
            for place in places.keys
            where rebuilt.images[place] == nil && !rebuilt.isUnknown(place.scene, of: id, at: 1) {
                Issue.record("nobody told of \(place), seed \(seed)")
            }
            // Nor is told what a scene has lost that must be read anew.
            let lost = try await feed.load(project).lost.filter { !rebuilt.isUnknown($0, of: id, at: $1) }
            let told = rebuilt.lost[id]?.filter { !rebuilt.isUnknown($0, of: id, at: $1) }
            #expect(lost == told ?? [:], "seed \(seed)")
        }
    }

    private func storm(_ feed: Feed, _ seed: UInt64) async throws {
        let admin = try await Database.current.open(as: .superuser)
        try await admin.query("ALTER DATABASE \(Database.current.name) SET deadlock_timeout = '20ms'")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...8 {
                group.addTask { try await storm(feed.anotherWriter(), RandomStatement(writer: number, seed: seed)) }
            }
            try await group.waitForAll()
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
