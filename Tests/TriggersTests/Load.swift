import FoundationEssentials
import Postgres

/// A row of `scene_sync.load`.
struct Load: Sendable, Equatable {
    let project: String
    let isPresent: Bool
    let document: String?
    let images: String
    /// From scene to generation.
    let lost: [Int: Int64]
    let snapshot: String

    static func all(_ session: Session, _ projects: [String]) async throws -> [Load] {
        let ids = projects.map(Names.id).joined(separator: ",")
        let rows = try await session.query(
            """
            SELECT project, present, document, images, lost, snapshot
            FROM scene_sync.load($1::uuid[])
            """, ["{\(ids)}"])
        return try (0..<rows.count).map { row in
            let lost = try JSONDecoder().decode([[Int64]].self, from: Data((rows.string(row, 4) ?? "").utf8))
            return Load(
                project: Names.project(rows.string(row, 0) ?? ""),
                isPresent: rows.bool(row, 1) == true,
                document: rows.string(row, 2),
                images: rows.string(row, 3) ?? "",
                lost: Dictionary(uniqueKeysWithValues: lost.map { (Int($0[0]), $0[1]) }),
                snapshot: rows.string(row, 5) ?? ""
            )
        }
    }
}
