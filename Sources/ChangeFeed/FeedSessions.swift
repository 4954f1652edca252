import Postgres
import ProjectSync

/// The feed's connections to one primary server.
struct FeedSessions {
    /// How long each step of setting up may take.
    private static let patience = Duration.seconds(3)
    /// When the server ends a listener or a gate that says nothing.
    private static let idleTimeout = Duration.seconds(30)
    /// How often those two say something.
    static let pingInterval = Duration.seconds(10)

    let channel: String
    /// The name of the cluster.
    let cluster: UInt64
    let seal: Seal
    let listener: Session
    let gate: Session
    let query: Session
    let loads: [Session]
    /// A comparison may be long: nobody waits behind it.
    let audits: Session

    /// LISTEN is committed when this returns.
    static func open(_ connectionString: String, on loop: PollLoop) async throws -> FeedSessions {
        let usual = ConnectionSettings(connectionString, options: ["statement_timeout": "0"])
        // What we notify is worth no flush to disk, and a lost one is what it is there to show.
        let notifying = ["statement_timeout": "0", "lock_timeout": "0", "synchronous_commit": "off"]
        // A daemon that is frozen must not keep the locks, nor the server's queue of notifications.
        let mortal = notifying.merging(["idle_session_timeout": "\(idleTimeout.components.seconds)s"]) { _, new in new }
        async let listener = Session.open(ConnectionSettings(connectionString, options: mortal), on: loop)
        async let gate = Session.open(ConnectionSettings(connectionString, options: mortal), on: loop)
        async let query = Session.open(ConnectionSettings(connectionString, options: notifying), on: loop)
        async let firstLoad = Session.open(usual, on: loop)
        async let secondLoad = Session.open(usual, on: loop)
        // A table that is locked for long is compared later.
        let patient = ["statement_timeout": "20s", "lock_timeout": "1s"]
        async let audits = Session.open(ConnectionSettings(connectionString, options: patient), on: loop)
        let sessions = try await [listener, gate, query, firstLoad, secondLoad, audits]
        do {
            let (channel, cluster, seal) = try await listen(on: sessions[0])
            try await checkOneServer(sessions)
            return FeedSessions(
                channel: channel, cluster: cluster, seal: seal, listener: sessions[0], gate: sessions[1],
                query: sessions[2], loads: Array(sessions[3...4]), audits: sessions[5])
        } catch {
            for session in sessions { await session.close() }
            throw error
        }
    }

    func close() async {
        for session in [listener, gate, query] + loads + [audits] { await session.close() }
    }

    private static func listen(on session: Session) async throws -> (channel: String, cluster: UInt64, seal: Seal) {
        do {
            let names = try await session.query(
                "SELECT scene_sync.channel(), scene_sync.cluster(), scene_sync.signing_key()", deadline: patience)
            guard let channel = names.string(0, 0), let cluster = names.string(0, 1).flatMap({ SyncToken.cluster($0) }),
                let seal = names.string(0, 2).flatMap({ Seal(key: $0) })
            else {
                throw FeedError.notMigrated("scene_sync.settings is empty")
            }
            try await session.query("LISTEN \"\(channel)\"", deadline: patience)
            return (channel, cluster, seal)
        } catch PostgresError.server(let error) where ["3F000", "42883", "42501", "42P01"].contains(error.sqlstate) {
            throw FeedError.notMigrated(error.message)
        }
    }

    private static func checkOneServer(_ sessions: [Session]) async throws {
        var starts: Set<String?> = []
        for session in sessions {
            starts.insert(
                try await session.query("SELECT pg_postmaster_start_time()::text", deadline: patience).string(0, 0))
        }
        guard starts.count == 1 else { throw FeedError.differentServers }
    }
}
