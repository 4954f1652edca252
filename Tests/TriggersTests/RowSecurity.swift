import Postgres
import PostgresTestSupport

/// Whether the app protects its rows: its policies are for its writers, and our functions must see past them.
enum RowSecurity: String, CaseIterable, Sendable {
    case off
    case on
    /// The writer may save images and see none.
    case insertOnly

    static let whole: [RowSecurity] = [.off, .on]

    func apply(_ owner: Session) async throws {
        for table in ["content_creation_requests", "generated_images"] {
            try await owner.run(
                script: """
                    DROP POLICY IF EXISTS writers ON \(table);
                    ALTER TABLE \(table) \(self == .off ? "DISABLE" : "ENABLE") ROW LEVEL SECURITY;
                    \(policy(table));
                    """)
        }
    }

    private func policy(_ table: String) -> String {
        switch self {
        case .off: ""
        case .on: "CREATE POLICY writers ON \(table) USING (true)"
        case .insertOnly: "CREATE POLICY writers ON \(table) FOR INSERT TO \(Role.writer.rawValue) WITH CHECK (true)"
        }
    }
}
