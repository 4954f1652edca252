import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(2)))
struct NotificationTests {
    @Test func `notifications keep the order of their commits`() async throws {
        let listener = try await Database.current.open()
        let writer = try await Database.current.open(as: .writer)
        try await listener.query("LISTEN changes")

        try await writer.query("NOTIFY changes, 'one'")
        try await writer.query("SELECT pg_notify('changes', n::text) FROM generate_series(1, 3) n")
        try await writer.query("NOTIFY changes, ''")

        let heard = await listener.next(5)
        #expect(heard.map { String(decoding: $0.payload, as: UTF8.self) } == ["one", "1", "2", "3", ""])
        #expect(heard.allSatisfy { $0.channel == "changes" && $0.backendPID == writer.backendPID })
    }

    @Test func `a notification that comes with an answer is heard without another byte`() async throws {
        let session = try await Database.current.open()
        try await session.query("LISTEN changes")

        // One's own NOTIFY is sent before the answer's end, in one packet with it.
        async let first = session.query("NOTIFY changes, 'first'")
        async let second = session.query("NOTIFY changes, 'second'")
        _ = try await (first, second)

        let heard = await session.next(2)
        #expect(heard.map { String(decoding: $0.payload, as: UTF8.self) } == ["first", "second"])
    }

    @Test func `a notification is heard during a script`() async throws {
        let session = try await Database.current.open()
        try await session.query("LISTEN changes")

        try await session.run(script: "NOTIFY changes, 'now'; SELECT 1")

        #expect(await session.next(1).map { String(decoding: $0.payload, as: UTF8.self) } == ["now"])
    }

    @Test func `fifty thousand notifications lose none`() async throws {
        let listener = try await Database.current.open()
        let writer = try await Database.current.open(as: .writer)
        try await listener.query("LISTEN changes")

        for batch in 0..<5 {
            try await writer.query(
                """
                SELECT pg_notify('changes', ($1::int * 10000 + n) || repeat('.', 200))
                FROM generate_series(1, 10000) n
                """, ["\(batch)"])
        }

        let heard = await listener.next(50_000)
        let numbers = heard.compactMap { Int(String(decoding: $0.payload.dropLast(200), as: UTF8.self)) }
        #expect(numbers == Array(1...50_000))
    }

    @Test func `the largest payload arrives whole`() async throws {
        let session = try await Database.current.open()
        try await session.query("LISTEN changes")

        try await session.query("SELECT pg_notify('changes', repeat('ü', 3999))")

        #expect(await session.next(1).first?.payload.count == 7998)
    }
}

extension Session {
    /// The next `count` notifications, or fewer if the session ends.
    nonisolated func next(_ count: Int) async -> [Announcement] {
        var heard: [Announcement] = []
        for await announcements in notifications {
            heard += announcements
            if heard.count >= count { break }
        }
        return heard
    }
}
