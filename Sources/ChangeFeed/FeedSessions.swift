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
    /// By which the server knows them.
    let gatePID: Int32
    let queryPID: Int32
    let loads: [Worker]
    /// A comparison may be long: nobody waits behind it.
    let audits: Worker
    /// How full PostgreSQL's queue of notifications was, from 0 to 1.
    let queueUsage: Double

    var workers: [Worker] { loads + [audits] }

    /// LISTEN is committed when this returns.
    static func open(_ connectionString: String, on loop: PollLoop) async throws -> FeedSessions {
        let sessions = try await connect(connectionString, on: loop)
        do {
            // Before a lock is taken, which through a pooler nobody could give back.
            let queueUsage = try await makeRoom(by: sessions[2])
            try await checkItHears(sessions[5], from: sessions[2])
            let (channel, cluster, seal) = try await listen(on: sessions[0])
            let pids = try await checkOneServer(sessions)
            // While it waits for a lock it would not notice that we have gone. Not every platform's server can.
            _ = try? await sessions[1].query("SET client_connection_check_interval = '2s'", deadline: patience)
            let loads = (3...4).map {
                Worker(session: sessions[$0], pid: pids[$0], does: "loads", ping: "SELECT 'scene_sync.load'")
            }
            let audits = Worker(
                session: sessions[5], pid: pids[5], does: "compares", ping: "SELECT 'scene_sync.compare'")
            return FeedSessions(
                channel: channel, cluster: cluster, seal: seal, listener: sessions[0], gate: sessions[1],
                query: sessions[2], gatePID: pids[1], queryPID: pids[2], loads: loads, audits: audits,
                queueUsage: queueUsage)
        } catch {
            for session in sessions { await session.close() }
            throw error
        }
    }

    private static func connect(_ connectionString: String, on loop: PollLoop) async throws -> [Session] {
        func open(_ options: [String: String]) async throws -> Session {
            let options = Feed.sessionSettings.merging(options) { _, own in own }
            return try await Session.open(ConnectionSettings(connectionString, options: options), on: loop)
        }
        // What we notify is worth no flush to disk, and a lost one is what it is there to show.
        let notifying = ["synchronous_commit": "off"]
        // A daemon that is frozen must not keep the locks, nor the server's queue of notifications.
        let mortal = notifying.merging(["idle_session_timeout": "\(idleTimeout.components.seconds)s"]) { _, new in new }
        // The server gives up sooner than we: a missed deadline would end the session, and with it the feed's.
        let loading = ["statement_timeout": "25s", "lock_timeout": "10s"]
        // A table that is locked for long is compared later.
        let patient = ["statement_timeout": "20s", "lock_timeout": "1s"]
        async let listener = open(mortal)
        async let gate = open(mortal)
        async let query = open(notifying)
        async let firstLoad = open(loading)
        async let secondLoad = open(loading)
        async let audits = open(patient)
        do {
            return try await [listener, gate, query, firstLoad, secondLoad, audits]
        } catch PostgresError.unreachable(let why) where why.contains("unsupported startup parameter") {
            throw FeedError.refusedByPooler(why)
        } catch PostgresError.unreachable(let why) where why.contains("session is read-only") {
            throw FeedError.onlyReads
        }
    }

    func close() async {
        for session in [listener, gate, query] + workers.map(\.session) { await session.close() }
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

    /// A queue of notifications that was full stays so, whoever has read it since, until somebody asks how full it is:
    /// only then, and with a NOTIFY that is taken, does the server drop what nobody needs any more (async.c).
    private static func makeRoom(by session: Session) async throws -> Double {
        let usage = try await session.query("SELECT pg_notification_queue_usage()", deadline: patience)
        return usage.string(0, 0).flatMap { Double($0) } ?? 0
    }

    /// Only a round trip shows it: a pooler in transaction mode takes LISTEN and delivers to somebody else.
    private static func checkItHears(_ listener: Session, from sender: Session) async throws {
        let channel = "scene_sync_check_\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try await listener.query("LISTEN \(channel)", deadline: patience)
        try await sender.query("SELECT pg_notify($1, '')", [channel], deadline: patience)
        let hasCome = await listener.hears(channel, within: patience)
        // The connection may be another's next.
        try await listener.query("UNLISTEN \(channel)", deadline: patience)
        guard hasCome else { throw FeedError.deaf }
    }

    /// Returns each session's pid at the server, which behind a pooler is not what libpq was told. On the way the one
    /// timeout is switched off that servers before 17 do not know, and would refuse in a connection's settings.
    private static func checkOneServer(_ sessions: [Session]) async throws -> [Int32] {
        var starts: Set<String?> = []
        var pids: [Int32] = []
        for session in sessions {
            let facts = try await session.query(
                """
                SELECT
                    pg_postmaster_start_time()::text,
                    pg_backend_pid(),
                    (SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout')
                """, deadline: patience)
            starts.insert(facts.string(0, 0))
            pids.append(Int32(truncatingIfNeeded: facts.int64(0, 1) ?? 0))
        }
        guard starts.count == 1 else { throw FeedError.differentServers }
        return pids
    }
}
