import NIOCore
import Postgres
import ProjectSync

/// The copying: some projects in one transaction, compared before it is committed.
///
/// Nobody may change what is copied, or put something beside it, between the look and the commit; and a writer may
/// neither fail nor wait long because of us. An INSERT of an image holds its project's row by the foreign key
/// (FOR KEY SHARE) until its transaction ends: so once we hold that row FOR UPDATE no image of it is under way, and a
/// new one waits for our commit and comes after it. An image that moves between scenes holds its own row. Saves and
/// regenerates by `scene_sync_api` take turns. Of all of this we wait for nothing longer than a tenth of a second, a
/// tenth of PostgreSQL's `deadlock_timeout`: where a writer waits for us meanwhile, it is us who give way.
extension BackfillDatabase {
    /// What one transaction has come to.
    struct Batch {
        /// What was copied, or had to be left, of each project. The copies are committed.
        var done: [(project: ProjectID, stored: StoredImages)] = []
        /// Somebody writes there just now.
        var busy: [ProjectID] = []
    }

    /// `holdingTable`: keeps all writers out while it copies, for a project in which some image is always under way.
    func copy(_ ids: [ProjectID], holdingTable: Bool) async throws -> Batch {
        try await session.query("BEGIN ISOLATION LEVEL READ COMMITTED")
        do {
            try await session.query("SET LOCAL lock_timeout = '100ms'")
            let batch = try await copyInTransaction(ids, holdingTable: holdingTable || !hasForeignKey)
            try await session.query("COMMIT")
            return batch
        } catch {
            _ = try? await session.query("ROLLBACK")
            throw error
        }
    }

    private func copyInTransaction(_ ids: [ProjectID], holdingTable: Bool) async throws -> Batch {
        let claimed = try await claim(ids, holdingTable: holdingTable)
        let before = try await load(claimed)
        var batch = Batch()
        for project in before { batch.done.append((project.id, try StoredImages(of: project))) }
        let free = Set(claimed)
        batch.busy = try await present(ids.filter { !free.contains($0) })

        let copies = batch.done.filter { !$0.stored.scenes.isEmpty }
        guard !copies.isEmpty else { return batch }
        let expected = copies.reduce(0) { $0 + $1.stored.scenes.reduce(0) { $0 + $1.count } }
        guard try await insert(copies) == expected else { throw BackfillFailure.notAllInserted }
        let after = try await load(copies.map(\.project))
        let bodies = Dictionary(uniqueKeysWithValues: before.map { ($0.id, ProjectBody($0).project) })
        guard after.count == copies.count, after.allSatisfy({ bodies[$0.id] == ProjectBody($0).project }) else {
            throw BackfillFailure.outputDiffers
        }
        return batch
    }

    /// Locks of these projects what is free, and returns which those are.
    private func claim(_ ids: [ProjectID], holdingTable: Bool) async throws -> [ProjectID] {
        if holdingTable { try await session.query("LOCK TABLE \(images) IN SHARE ROW EXCLUSIVE MODE") }
        let rows = try await session.queryPrepared(
            """
            WITH turn AS MATERIALIZED (
                SELECT asked.id
                FROM unnest($1::uuid[]) AS asked (id)
                WHERE pg_try_advisory_xact_lock(1397971279, uuid_hash(asked.id))
            )
            SELECT request.id::text
            FROM \(projects) AS request
            WHERE request.id IN (SELECT turn.id FROM turn)
            FOR \(holdingTable ? "NO KEY UPDATE" : "UPDATE") OF request SKIP LOCKED
            """, [Self.list(ids)])
        let claimed = (0..<rows.count).compactMap { rows.string($0, 0).flatMap { ProjectID($0) } }
        try await session.queryPrepared(
            """
            SELECT count(*)
            FROM (
                SELECT
                FROM \(images) AS image
                WHERE image.content_creation_request_id = ANY ($1::uuid[])
                FOR SHARE NOWAIT
            ) AS held
            """, [Self.list(claimed)])
        return claimed
    }

    /// One that was deleted meanwhile needs nothing any more.
    private func present(_ ids: [ProjectID]) async throws -> [ProjectID] {
        guard !ids.isEmpty else { return [] }
        let rows = try await session.queryPrepared(
            "SELECT request.id::text FROM \(projects) AS request WHERE request.id = ANY ($1::uuid[])", [Self.list(ids)])
        return (0..<rows.count).compactMap { rows.string($0, 0).flatMap { ProjectID($0) } }
    }

    /// How many rows it has made.
    private func insert(_ copies: [(project: ProjectID, stored: StoredImages)]) async throws -> Int {
        let scenes = copies.flatMap { copy in
            copy.stored.scenes.map { "[\"\(copy.project)\", \($0.index), \($0.list)]" }
        }
        return try await session.queryPrepared(
            """
            INSERT INTO \(images) (content_creation_request_id, scene_index, image_index, image_url)
            SELECT
                (scene.copy ->> 0)::uuid,
                (scene.copy ->> 1)::integer,
                picture.position - 1,
                picture.url
            FROM json_array_elements($1::json) WITH ORDINALITY AS scene (copy, number)
            CROSS JOIN LATERAL json_array_elements_text(scene.copy -> 2) WITH ORDINALITY AS picture (url, position)
            ORDER BY scene.number, picture.position
            """, ["[" + scenes.joined(separator: ",") + "]"]
        ).affected
    }

    private static func list(_ ids: [ProjectID]) -> String {
        "{" + ids.map(\.description).joined(separator: ",") + "}"
    }
}

/// Why a transaction of copies was undone.
enum BackfillFailure: Error, CustomStringConvertible {
    case notAllInserted
    case outputDiffers

    var description: String {
        switch self {
        case .notAllInserted: "a trigger or rule of the app's kept images from being inserted"
        case .outputDiffers: "with the images inserted, readers would see something else"
        }
    }
}
