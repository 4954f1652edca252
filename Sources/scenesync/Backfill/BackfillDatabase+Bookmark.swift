import Postgres
import ProjectSync

/// What is remembered of a backfill under way, so that it can go on after a kill.
extension BackfillDatabase {
    /// One backfill of all projects at a time, for as long as the session lives. The session of one that was killed
    /// is gone in a moment.
    func takeTurn() async throws {
        do {
            try await session.query("BEGIN")
            try await session.query("SET LOCAL lock_timeout = '5s'")
            try await session.query("SELECT pg_advisory_lock(hashtextextended('scene_sync.backfill', 0))")
            try await session.query("COMMIT")
        } catch let error as PostgresError where error.sqlstate == "55P03" {
            throw StartError("another backfill of this database is under way: wait for its end, or stop it")
        }
    }

    /// Up to which project an interrupted backfill was done.
    func bookmark() async throws -> ProjectID? {
        let rows = try await session.query("SELECT finished::text FROM scene_sync.backfill")
        return rows.count == 0 ? nil : rows.string(0, 0).flatMap { ProjectID($0) }
    }

    func setBookmark(_ project: ProjectID) async throws {
        try await session.queryPrepared(
            """
            INSERT INTO scene_sync.backfill (finished)
            VALUES ($1::uuid)
            ON CONFLICT (single) DO UPDATE
            SET finished = EXCLUDED.finished, at = EXCLUDED.at
            """, [project.description])
    }

    func removeBookmark() async throws {
        try await session.query("DELETE FROM scene_sync.backfill")
    }
}
