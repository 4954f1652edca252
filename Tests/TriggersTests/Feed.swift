import Postgres
import PostgresTestSupport
import Synchronization

/// Who is there: the owner, the app's writer, and the daemon, which listens.
final class Feed: Sendable {
    let owner: Session
    let writer: Session
    let daemon: Session
    let channel: String
    private let way: Way
    /// Where the next reading of the table goes on.
    private let read = Mutex("")

    /// By which of its two ways a change is announced.
    enum Way: CaseIterable {
        case notification, table
    }

    private let connect: @Sendable (Role) async throws -> Session

    init(
        _ rowSecurity: RowSecurity = .off, by way: Way = .notification,
        connect: @escaping @Sendable (Role) async throws -> Session = { try await Database.current.open(as: $0) }
    ) async throws {
        self.connect = connect
        self.way = way
        owner = try await connect(.owner)
        writer = try await connect(.writer)
        daemon = try await connect(.daemon)
        try await rowSecurity.apply(owner)
        channel = try await daemon.query("SELECT scene_sync.channel()").string(0, 0) ?? ""
        try await daemon.query("LISTEN \"\(channel)\"")
        try await daemon.query("SELECT pg_advisory_lock(1397971278, 1)")
        if way == .notification { try await daemon.query("SELECT pg_advisory_lock(1397971278, 2)") }
        _ = try await heard()
    }

    /// Nobody is there any more to hear of anything.
    func leave() async throws {
        try await daemon.query("SELECT pg_advisory_unlock_all()")
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

    /// As the writer, with the names of `Names`.
    @discardableResult
    func write(_ sql: String, _ parameters: [String?] = []) async throws -> Rows {
        try await writer.query(sql.withNames, parameters)
    }

    /// Everything announced since the last time, in the order of its numbers where it comes by the table.
    func heard() async throws -> [Payload] {
        switch way {
        case .notification: try await notified()
        case .table: try await tabled()
        }
    }

    /// Notifications come in the order of commits, so ours ends them.
    private func notified() async throws -> [Payload] {
        try await owner.query("SELECT pg_notify($1, 'end')", [channel])
        var payloads: [Payload] = []
        for await announcements in daemon.notifications {
            let ours = announcements.filter { $0.channel == channel }
            let end = ours.firstIndex { $0.payload == Array("end".utf8) }
            payloads += try ours.prefix(upTo: end ?? ours.endIndex).map { try Payload($0.payload) }
            if end != nil { break }
        }
        return payloads
    }

    private func tabled() async throws -> [Payload] {
        let since = read.withLock { $0 }
        let rows = try await daemon.query(
            "SELECT payload, snapshot FROM scene_sync.read_changes(nullif($1, '')::pg_snapshot, 'end', true)", [since])
        let snapshots = (0..<rows.count).compactMap { rows.string($0, 1) }
        read.withLock { $0 = snapshots.first ?? "" }
        return try (0..<rows.count).compactMap { try rows.bytes($0, 0).map(Payload.init) }.sorted { $0.n < $1.n }
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
