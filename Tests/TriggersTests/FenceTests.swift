import Postgres
import PostgresTestSupport
import Testing

/// The fence of a reading parts the notifications: nothing that the reading saw comes behind it.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct FenceTests {
    @Test func `a fence comes by the channel, as it was given`() async throws {
        let feed = try await Feed(by: .table)
        let fence = #"{"fence": "é日🖼 '$1' %s"}"#

        _ = try await Reading(feed.daemon, since: nil, fence: fence)

        for await announcements in feed.daemon.notifications {
            #expect(announcements.map(\.channel) == [feed.channel])
            #expect(announcements.map { String(decoding: $0.payload, as: UTF8.self) } == [fence])
            break
        }
    }

    @Test func `a fence of a reading that is rolled back never comes`() async throws {
        let feed = try await Feed(by: .table)
        let other = try await feed.anotherDaemon()
        try await other.query("BEGIN")
        _ = try await Reading(other, since: nil, fence: "never")
        try await other.query("ROLLBACK")

        _ = try await Reading(other, since: nil, fence: "then")

        for await announcements in feed.daemon.notifications {
            #expect(announcements.map { String(decoding: $0.payload, as: UTF8.self) } == ["then"])
            break
        }
    }

    @Test func `before a fence has come every notification that its reading could see`() async throws {
        let feed = try await Feed(by: .notification)
        let reader = try await feed.anotherDaemon()
        var writers: [Session] = []
        for _ in 1...4 { writers.append(try await feed.anotherWriter()) }

        async let arrivals = arrivals(feed, until: "end")
        let snapshots = try await withThrowingTaskGroup(of: [String].self) { group in
            for (scene, writer) in writers.enumerated() {
                group.addTask {
                    for place in 1...100 {
                        try await writer.query("INSERT INTO @images VALUES (@C, \(scene), \(place), 'x')".withNames)
                    }
                    return []
                }
            }
            group.addTask {
                var snapshots: [String] = []
                for number in 0..<150 {
                    snapshots.append(try await Reading(reader, since: nil, fence: "\(number)").snapshot)
                }
                return snapshots
            }
            return try await group.reduce([], +)
        }
        _ = try await Reading(reader, since: nil, fence: "end")

        // From each fence, the transactions that came behind it, up to the next.
        var behind: [(snapshot: Int, xid: String)] = []
        var fence: Int?
        var changes = 0
        for arrival in await arrivals {
            if let number = Int(arrival) {
                fence = number
            } else {
                let xid = try Payload(Array(arrival.utf8.dropFirst(Payload.seal_bytes))).xid
                changes += 1
                behind += fence.map { [($0, xid)] } ?? []
            }
        }
        let seen = try await feed.owner.query(
            """
            SELECT FROM unnest($1::xid8[], $2::pg_snapshot[]) AS late (xid, snapshot)
            WHERE pg_visible_in_snapshot(late.xid, late.snapshot)
            """, [array(behind.map(\.xid)), array(behind.map { snapshots[$0.snapshot] })])
        #expect(changes == 400 && fence == 149)
        #expect(behind.count > 50 && Set(behind.map(\.snapshot)).count > 3)
        #expect(seen.count == 0)
    }

    private func array(_ texts: [String]) -> String {
        "{\(texts.map { "\"\($0)\"" }.joined(separator: ","))}"
    }

    private func arrivals(_ feed: Feed, until end: String) async -> [String] {
        var texts: [String] = []
        for await announcements in feed.daemon.notifications {
            texts += announcements.map { String(decoding: $0.payload, as: UTF8.self) }
            if texts.last == end { break }
        }
        return texts.dropLast()
    }
}
