import Postgres
import PostgresTestSupport
import Testing

/// PostgreSQL takes payloads of 7,999 bytes, their seal included; one more would fail the writer. By the table a URL may be
/// that long.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct PayloadLengthTests {
    @Test(arguments: Alphabet.all)
    func `an insert names its URL while it fits, whatever is in it`(_ alphabet: Alphabet) async throws {
        try await check(.insert, alphabet, Feed())
    }

    @Test(arguments: WayToSave.allCases)
    func `every way to save names its URL while it fits`(_ way: WayToSave) async throws {
        try await check(way, .everything, Feed())
    }

    @Test func `a database of another encoding counts its own bytes`() async throws {
        let server = try await Server.shared
        let admin = try await server.open()
        try await admin.query(
            "CREATE DATABASE latin1 OWNER app_owner TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
        let settings = { @Sendable role in ConnectionSettings(server.connectionString(database: "latin1", as: role)) }
        try await Installation.install(on: server.loop, connection: settings)
        let feed = try await Feed { try await Session.open(settings($0), on: server.loop) }

        // Everything here is a character of Latin 1, and one byte.
        try await check(.insert, Alphabet("Latin 1", "é", bytes: 1), feed) { $0.unicodeScalars.count }
        try await feed.leave()
        let reader = try await Feed(by: .table) { try await Session.open(settings($0), on: server.loop) }
        try await checkByTable(.insert, "é", reader) { $0.unicodeScalars.count }

        try await admin.query("DROP DATABASE latin1 WITH (FORCE)")
    }

    @Test(arguments: Alphabet.all)
    func `the table names a URL of 7,999 bytes, however long its JSON`(_ alphabet: Alphabet) async throws {
        try await checkByTable(.insert, alphabet.characters, Feed(by: .table))
    }

    @Test(arguments: WayToSave.allCases)
    func `the table names a URL of 7,999 bytes, however it was saved`(_ way: WayToSave) async throws {
        try await checkByTable(way, Alphabet.everything.characters, Feed(by: .table))
    }

    @Test func `what comes by the table has no limit`() async throws {
        let feed = try await Feed(by: .table)

        try await feed.write(
            "INSERT INTO @images SELECT @C, 7, place, repeat('x', 7999) FROM generate_series(1, 800) AS place")

        let heard = try await feed.heard()
        #expect(heard.count == 1)
        #expect(heard.first?.set?.count { $0.url.utf8.count == 7999 } == 800)
    }

    private func checkByTable(
        _ way: WayToSave, _ characters: String, _ feed: Feed, measure: (String) -> Int = { $0.utf8.count }
    ) async throws {
        for length in 7990...8010 {
            let (count, rest) = length.quotientAndRemainder(dividingBy: measure(characters))
            let url = String(repeating: characters, count: count) + String(repeating: "a", count: rest)

            let saved = try await save(url, way, feed)

            #expect(measure(url) == length)
            if length <= 7999 {
                #expect(saved.payload.set?.contains { $0.url == url } == true)
                #expect(saved.payload.scenes == nil && saved.payload.reload == nil)
            } else {
                #expect(saved.payload.set == nil)
                #expect(saved.payload.reload == true)
            }
        }
    }

    private func check(
        _ way: WayToSave, _ alphabet: Alphabet, _ feed: Feed, measure: (String) -> Int = { $0.utf8.count }
    ) async throws {
        try await feed.owner.query("SELECT setval('scene_sync.change_number', 100000)")
        let sample = try await save("sample", way, feed)
        let frame = measure(sample.complete) - "\"sample\"".utf8.count
        var lengths: [Int] = []

        for length in 7868...8068 {
            let url = alphabet.url(jsonBytes: length - frame)

            let saved = try await save(url, way, feed)

            let bytes = measure(saved.complete)
            lengths.append(bytes)
            if bytes + Payload.seal_bytes <= 7999 {
                #expect(saved.payload.set?.first { $0.place == 0 }?.url == url)
                #expect(measure(saved.payload.text) == bytes)
            } else {
                #expect(saved.payload.set == nil)
                #expect(saved.payload.scenes == [7])
            }
        }

        // An xid may have grown by a digit; but for that, each length was there.
        #expect(lengths.count { (7958...7978).contains($0) } >= 20)
    }

    /// The payload, and what it would have to be to name everything.
    private func save(_ url: String, _ way: WayToSave, _ feed: Feed) async throws -> (
        payload: Payload, complete: String
    ) {
        try await feed.owner.run(script: way.preparation.withNames)
        let json = try #require(try await feed.write(way.sql, [url]).string(0, 0))
        let payload = try await feed.heard().last { $0.pid == feed.writer.backendPID && $0.project == Names.id("C") }
        let heard = try #require(payload)
        let head = heard.text.prefix { $0 != "[" }.replacing(#""scenes":"#, with: "").replacing(#""set":"#, with: "")
        let lost = try await feed.load("C").lost[7]
        return (heard, "\(head)\(way.body(json, lost: lost))}")
    }
}
