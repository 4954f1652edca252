import Postgres

/// The feed's connections to one primary server.
struct FeedSessions {
    /// How long each step of setting up may take.
    private static let patience = Duration.seconds(3)

    let channel: String
    let listener: Session
    let query: Session
    let loads: [Session]

    /// LISTEN is committed when this returns.
    static func open(_ connectionString: String, on loop: PollLoop) async throws -> FeedSessions {
        let listening = ConnectionSettings(connectionString)
        // A canary is worth no flush to disk, and a lost one is what it is there to show.
        let querying = ConnectionSettings(connectionString, options: ["synchronous_commit": "off"])
        async let listener = Session.open(listening, on: loop)
        async let query = Session.open(querying, on: loop)
        async let firstLoad = Session.open(listening, on: loop)
        async let secondLoad = Session.open(listening, on: loop)
        let sessions = try await [listener, query, firstLoad, secondLoad]
        do {
            let channel = try await listen(on: sessions[0])
            try await checkOneServer(sessions)
            return FeedSessions(
                channel: channel, listener: sessions[0], query: sessions[1], loads: Array(sessions[2...]))
        } catch {
            for session in sessions { await session.close() }
            throw error
        }
    }

    func close() async {
        for session in [listener, query] + loads { await session.close() }
    }

    private static func listen(on session: Session) async throws -> String {
        do {
            guard let channel = try await session.query("SELECT scene_sync.channel()", deadline: patience).string(0, 0)
            else {
                throw FeedError.notMigrated("scene_sync.settings is empty")
            }
            try await session.query("LISTEN \"\(channel)\"", deadline: patience)
            return channel
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
