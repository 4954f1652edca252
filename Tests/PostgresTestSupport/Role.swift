/// Who connects: the owner of the app's tables, the daemon, a writer with no right but those the app gives it.
package enum Role: String, CaseIterable, Sendable {
    case superuser = "postgres"
    case owner = "app_owner"
    case daemon = "scenesync_daemon"
    case writer = "app_writer"

    var definition: String {
        self == .superuser ? "" : "CREATE ROLE \(rawValue) LOGIN;"
    }
}
