import Postgres
import PostgresTestSupport

/// What the system catalogs say of our objects and the app's tables, row versions and all: a write shows.
struct Catalog: Equatable {
    /// From an object to the version of its row.
    let versions: [String: String]

    static func read(_ session: Session) async throws -> Catalog {
        let rows = try await session.query(
            """
            SELECT 'relation ' || oid || ' ' || relname, xmin::text || ctid::text FROM pg_class
            WHERE relnamespace IN ('scene_sync'::regnamespace, 'public'::regnamespace)
            UNION ALL
            SELECT 'trigger ' || oid || ' ' || tgrelid::regclass || ' ' || tgname, xmin::text || ctid::text
            FROM pg_trigger
            UNION ALL
            SELECT 'function ' || oid || ' ' || proname, xmin::text || ctid::text FROM pg_proc
            WHERE pronamespace = 'scene_sync'::regnamespace
            UNION ALL
            SELECT 'schema ' || oid, xmin::text || ctid::text FROM pg_namespace WHERE nspname = 'scene_sync'
            UNION ALL
            SELECT 'settings', xmin::text || ctid::text FROM scene_sync.settings
            UNION ALL
            SELECT 'applied ' || name, xmin::text || ctid::text FROM scene_sync.applied
            """)
        return Catalog(
            versions: Dictionary(
                uniqueKeysWithValues: (0..<rows.count).map { (rows.string($0, 0) ?? "", rows.string($0, 1) ?? "") }))
    }

    /// What is not as it was in `other`, new, gone or written.
    func changes(since other: Catalog) -> [String] {
        Set(versions.keys).union(other.versions.keys).filter { versions[$0] != other.versions[$0] }.sorted()
    }
}
