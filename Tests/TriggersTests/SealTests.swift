import Crypto
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What is notified bears a code of RFC 2104 that only those can make who know the key.
@Suite(.database(.installed), .timeLimit(.minutes(1)))
struct SealTests {
    private func code(of text: some Sequence<UInt8>, _ key: String) throws -> String {
        let digits = Array(key)
        let bytes = try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
        }
        let code = HMAC<SHA256>.authenticationCode(for: Data(text), using: SymmetricKey(data: Data(bytes)))
        return code.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// All that is notified by `sql`, as it comes.
    private func notified(_ feed: Feed, _ sql: String, _ parameters: [String?] = []) async throws -> [[UInt8]] {
        try await feed.write(sql, parameters)
        _ = try await Reading(feed.daemon, since: nil, fence: "end")
        var payloads: [[UInt8]] = []
        for await announcements in feed.daemon.notifications {
            payloads += announcements.map(\.payload)
            if payloads.last == Array("end".utf8) { break }
        }
        return payloads.dropLast()
    }

    @Test(arguments: ["x", "é日🖼\u{1}\"\\", String(repeating: "a", count: 7_000), String(repeating: "é", count: 4_000)])
    func `every notification bears its HMAC-SHA256`(url: String) async throws {
        let feed = try await Feed()
        let key = try #require(try await feed.daemon.query("SELECT scene_sync.signing_key()").string(0, 0))

        let payloads = try await notified(feed, "INSERT INTO @images VALUES (@A, 3, 0, $1)", [url])

        #expect(payloads.count == 1)
        for payload in payloads {
            let text = payload.dropFirst(Payload.seal_bytes)
            #expect(text.first == UInt8(ascii: "{"))
            #expect(String(decoding: payload.prefix(Payload.seal_bytes), as: UTF8.self) == (try code(of: text, key)))
        }
    }

    @Test func `it names the session that PostgreSQL says it is of`() async throws {
        let feed = try await Feed()
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        _ = try await Reading(feed.daemon, since: nil, fence: "end")

        for await announcements in feed.daemon.notifications {
            for announcement in announcements where announcement.payload != Array("end".utf8) {
                let payload = try Payload(Array(announcement.payload.dropFirst(Payload.seal_bytes)))
                #expect(payload.pid == announcement.backendPID)
                #expect(announcement.backendPID == feed.writer.backendPID)
            }
            if announcements.last?.payload == Array("end".utf8) { break }
        }
    }

    @Test func `the owner can have a new name and a new key, which are used from then on`() async throws {
        let before = try await Feed()
        let old = try await before.daemon.query("SELECT scene_sync.signing_key()").string(0, 0)

        try await before.leave()
        try await before.owner.query("CALL scene_sync.renew_secrets()")

        let feed = try await Feed()
        let key = try #require(try await feed.daemon.query("SELECT scene_sync.signing_key()").string(0, 0))
        let payloads = try await notified(feed, "INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        #expect(key != old && key.utf8.count == 64)
        #expect(feed.channel != before.channel && feed.channel.hasPrefix("scene_sync_"))
        #expect(payloads.count == 1)
        for payload in payloads {
            let text = payload.dropFirst(Payload.seal_bytes)
            #expect(String(decoding: payload.prefix(Payload.seal_bytes), as: UTF8.self) == (try code(of: text, key)))
        }
    }

    @Test func `each installation has a key of its own, of 32 bytes that look random`() async throws {
        let owner = try await Database.current.open()

        let settings = try await owner.query(
            """
            SELECT length(signing_key), length(inner_pad), length(outer_pad),
                (SELECT count(DISTINCT get_byte(signing_key, i)) FROM generate_series(0, 31) AS i)
            FROM scene_sync.settings
            """)

        #expect(settings.int64(0, 0) == 32 && settings.int64(0, 1) == 64 && settings.int64(0, 2) == 64)
        #expect(settings.int64(0, 3).map { $0 > 16 } == true)
    }
}
