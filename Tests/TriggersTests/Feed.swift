import Postgres
import PostgresTestSupport
import Synchronization
import Testing

/// Who is there: the owner, the app's writer, and the daemon, which listens and reads. Its gate holds the locks.
final class Feed: Sendable {
    /// By which of its two ways a change is announced.
    enum Way: CaseIterable {
        case notification, table

        /// For what holds with nobody listening, too.
        static let orNone: [Way?] = [nil, .notification, .table]

        /// What a notification that names scenes says, as this way says it: a reading has the project read anew.
        func said(_ summary: String) -> String {
            self == .notification ? summary : summary.replacing(/scenes [\d -]+/, with: "reload")
        }
    }

    /// How far it has heard.
    private struct Position {
        /// The last reading's.
        var snapshot: String?
        var readings = 0
        /// What was notified after the last reading's fence.
        var ahead: [[UInt8]] = []
    }

    let owner: Session
    let writer: Session
    let daemon: Session
    let gate: Session
    let channel: String
    private let way: Way?
    private let position = Mutex(Position())
    private let connect: @Sendable (Role) async throws -> Session

    /// Nobody wants to hear anything if there is no `way`.
    init(
        _ rowSecurity: RowSecurity = .off, by way: Way? = .notification,
        connect: @escaping @Sendable (Role) async throws -> Session = { try await Database.current.open(as: $0) }
    ) async throws {
        self.connect = connect
        self.way = way
        owner = try await connect(.owner)
        writer = try await connect(.writer)
        daemon = try await connect(.daemon)
        gate = try await connect(.daemon)
        try await rowSecurity.apply(owner)
        channel = try await daemon.query("SELECT scene_sync.channel()").string(0, 0) ?? ""
        try await daemon.query("LISTEN \"\(channel)\"")
        if way != nil { try await gate.take(.presence) }
        if way == .notification { try await gate.take(.quiet) }
        _ = try await heard()
    }

    /// Nobody is there any more to hear of anything.
    func leave() async throws {
        try await gate.query("SELECT pg_advisory_unlock_all()")
    }

    /// As in the template, with nothing left to hear.
    func startAgain(_ rowSecurity: RowSecurity) async throws {
        try await owner.run(
            script: """
                TRUNCATE content_creation_requests, generated_images;
                DELETE FROM scene_sync.deletions;
                \(Installation.projects.withNames)
                """)
        try await rowSecurity.apply(owner)
        _ = try await heard()
    }

    func anotherWriter() async throws -> Session {
        try await connect(.writer)
    }

    func anotherDaemon() async throws -> Session {
        try await connect(.daemon)
    }

    /// As the writer, with the names of `Names`.
    @discardableResult
    func write(_ sql: String, _ parameters: [String?] = []) async throws -> Rows {
        try await writer.query(sql.withNames, parameters)
    }

    /// Everything announced since the last time, by the one way that it should come.
    func heard() async throws -> [Payload] {
        let heard = try await heardByBothWays()
        switch way {
        case .notification: #expect(heard.table.isEmpty, "by the other way")
        case .table: #expect(heard.notification.isEmpty, "by the other way")
        case nil: break
        }
        return heard.notification + heard.table
    }

    /// Everything announced since the last time, notifications in the order of commits.
    func heardByBothWays() async throws -> (notification: [Payload], table: [Payload]) {
        let (previous, fence) = position.withLock { position in
            position.readings += 1
            return (position.snapshot, "fence \(position.readings)")
        }
        let reading = try await Reading(daemon, since: previous, fence: fence)
        position.withLock { $0.snapshot = reading.snapshot }
        return (try await notified(before: fence), reading.payloads)
    }

    /// Fences of others are passed over.
    private func notified(before fence: String) async throws -> [Payload] {
        var heard = position.withLock { $0.ahead }
        for await announcements in daemon.notifications {
            heard += announcements.filter { $0.channel == channel }.map(\.payload)
            if heard.contains(Array(fence.utf8)) { break }
        }
        let end = try #require(heard.firstIndex(of: Array(fence.utf8)))
        position.withLock { $0.ahead = Array(heard[(end + 1)...]) }
        return try heard[..<end].map { $0.dropFirst(Payload.seal_bytes) }
            .filter { $0.first == UInt8(ascii: "{") }.map { try Payload(Array($0)) }
    }

    /// As `A 1` for a scene an image has left, `A ended` for a project that went.
    func memories() async throws -> [String] {
        let rows = try await owner.query("SELECT project, coalesce(scene::text, 'ended') FROM scene_sync.deletions")
        return (0..<rows.count).map { "\(Names.project(rows.string($0, 0) ?? "")) \(rows.string($0, 1) ?? "")" }
            .sorted()
    }

    /// One project as the daemon gets it.
    func load(_ project: String) async throws -> Load {
        let loads = try await Load.all(daemon, [project])
        return loads[0]
    }
}
