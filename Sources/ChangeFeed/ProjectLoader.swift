import Postgres
import ProjectSync

/// Loads projects, many in one round trip, each with the snapshot it was read in.
package struct ProjectLoader: Sendable {
    /// How long a load may take, a lock that it waits for included.
    static let deadline = Duration.seconds(30)

    private let session: Session

    package init(session: Session) {
        self.session = session
    }

    @concurrent
    package func load(_ projects: [ProjectID]) async throws -> [LoadedProject] {
        let list = "{" + projects.map(\.description).joined(separator: ",") + "}"
        let rows = try await session.queryPrepared(
            "SELECT project::text, present, document, images, lost, snapshot FROM scene_sync.load($1::uuid[])", [list],
            deadline: Self.deadline)
        return try (0..<rows.count).map { try Self.project(rows, $0) }
    }

    /// Loads those that are not what is known of them.
    @concurrent
    func compare(_ questions: [AuditBatch.Question]) async throws -> [ComparedProject] {
        let projects = "{" + questions.map(\.project.description).joined(separator: ",") + "}"
        let known = "{" + questions.map { $0.known ?? "NULL" }.joined(separator: ",") + "}"
        let rows = try await session.queryPrepared(
            """
            SELECT project::text, present, document, images, lost, snapshot, fingerprint, is_known
            FROM scene_sync.compare($1::uuid[], $2::text[])
            """, [projects, known], deadline: Self.deadline)
        return try (0..<rows.count).map { row in
            let loaded = try Self.project(rows, row)
            return ComparedProject(
                id: loaded.id, finding: rows.bool(row, 7) == true ? .asKnown : .loaded(loaded.project),
                fingerprint: rows.string(row, 6) ?? "", snapshot: loaded.snapshot)
        }
    }

    private static func project(_ rows: Rows, _ row: Int) throws -> LoadedProject {
        guard let id = rows.string(row, 0).flatMap({ ProjectID($0) }),
            let snapshot = rows.string(row, 5).flatMap(TransactionSnapshot.init)
        else { throw FeedError.notMigrated("scene_sync.load answers in a form of another version") }
        guard rows.bool(row, 1) == true else { return LoadedProject(id: id, project: nil, snapshot: snapshot) }
        let images = try read(rows, row, 3, ImageList.images) ?? []
        let generations = try read(rows, row, 4, ImageList.generations) ?? [:]
        let project = try rows.withBytes(row, 2) { document in
            try Project(id: id, documentText: document, images: images, generations: generations, snapshot: snapshot)
        }
        return LoadedProject(id: id, project: project, snapshot: snapshot)
    }

    private static func read<Value>(
        _ rows: Rows, _ row: Int, _ column: Int, _ value: (inout JSONCursor) throws(JSONError) -> Value
    ) throws -> Value? {
        try rows.withBytes(row, column) { bytes in
            guard let bytes else { return nil }
            var json = JSONCursor(bytes)
            return try value(&json)
        }
    }
}
