import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// The app often updates a project's other columns, and its document may be large.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct UntouchedUpdateTests {
    private struct Plan: Decodable {
        struct Node: Decodable {
            let hit: Int
            let read: Int

            private enum CodingKeys: String, CodingKey {
                case hit = "Shared Hit Blocks"
                case read = "Shared Read Blocks"
            }
        }

        struct Trigger: Decodable {
            let name: String
            let calls: Double

            private enum CodingKeys: String, CodingKey {
                case name = "Trigger Name"
                case calls = "Calls"
            }
        }

        let node: Node
        let triggers: [Trigger]

        private enum CodingKeys: String, CodingKey {
            case node = "Plan"
            case triggers = "Triggers"
        }
    }

    /// A feed whose project A has a document of a megabyte that does not compress.
    private func feed(by way: Feed.Way? = .notification) async throws -> Feed {
        let feed = try await Feed(by: way)
        try await feed.write(
            """
            UPDATE content_creation_requests
            SET generated_output = (
                SELECT jsonb_build_object('text', string_agg(md5(n::text), ''))
                FROM generate_series(1, 32768) AS n
            )
            WHERE id = @A
            """)
        _ = try await feed.heard()
        return feed
    }

    private func explain(_ feed: Feed, _ change: String) async throws -> Plan {
        let rows = try await feed.write(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) UPDATE content_creation_requests SET \(change) WHERE id = @A")
        let plans = try JSONDecoder().decode([Plan].self, from: Data((rows.string(0, 0) ?? "").utf8))
        return plans[0]
    }

    @Test(arguments: Feed.Way.orNone)
    func `an update of another column calls nothing of ours and reads no document`(_ way: Feed.Way?) async throws {
        let feed = try await feed(by: way)

        let plan = try await explain(feed, "status = 'done'")

        #expect(plan.triggers.map(\.name) == [])
        // A document of this size is a hundred pages and more.
        #expect(plan.node.hit + plan.node.read < 50)
        #expect(try await feed.heard().isEmpty)
    }

    @Test(arguments: Feed.Way.allCases)
    func `an update of the document calls one trigger, once`(_ way: Feed.Way) async throws {
        let feed = try await feed(by: way)

        let plan = try await explain(feed, "status = 'done', generated_output = generated_output || '{}'")
        let changing = try await explain(feed, #"generated_output = generated_output || '{"a": 1}'"#)

        #expect(plan.triggers.map(\.name) == [])
        #expect(plan.node.hit + plan.node.read > 100)
        #expect(changing.triggers.map(\.name) == ["scene_sync_2_announce_update"])
        #expect(changing.triggers.map(\.calls) == [1])
        #expect(try await feed.heard().count == 1)
    }
}
