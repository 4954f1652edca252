import Postgres

/// Makes all checks of a deployment, in the order in which a person would look.
enum Examination {
    /// What can be seen of any database.
    static let ofServer: [any Check] = [
        ServerVersion(), PrimaryServer(), NotificationRoundTrip(), Encryption(), ClockSkew(), Durability(),
        SessionRoom(), SessionSettings(), NotificationQueue(), AppColumns(), PendingMigrations(),
    ]
    /// What there is only after a migration.
    static let ofInstallation: [any Check] = [
        InstalledFunctions(), InstalledTriggers(), SilentWrites(), ImageKey(), Ownership(), HiddenRows(),
        DaemonRights(), WriterRights(), ChannelSecrecy(), DoorbellLocks(), PreparedWriters(), ImagesInDocuments(),
    ]

    static func run(_ deployment: Deployment) async throws -> DoctorReport {
        var entries: [DoctorReport.Entry] = []
        for check in ofServer + (deployment.isInstalled ? ofInstallation : []) {
            for finding in try await findings(of: check, deployment) {
                entries.append(DoctorReport.Entry(subject: check.subject, finding: finding))
            }
        }
        return DoctorReport(entries: entries)
    }

    /// A check that is refused a look, or fails, has not seen anything; the others go on. Without the database there
    /// is nothing to go on with.
    private static func findings(of check: any Check, _ deployment: Deployment) async throws -> [Finding] {
        do {
            return try await check.examine(deployment)
        } catch PostgresError.server(let error) where error.sqlstate == "42501" {
            return [
                .unseen(
                    "the role \(deployment.role) may not look: \(error.message)",
                    cure: "run doctor as \(deployment.owner), who owns the app's tables")
            ]
        } catch PostgresError.server(let error) where error.sqlstate == "57014" {
            return [.unseen("took longer than 15 s", cure: "run doctor at a quieter time")]
        } catch let error as PostgresError {
            if deployment.session.isLost { throw error }
            return [.unseen("\(error)", cure: "mend what is said above, and run doctor again")]
        }
    }
}
