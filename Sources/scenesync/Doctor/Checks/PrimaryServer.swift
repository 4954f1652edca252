import ChangeFeed
import Postgres

/// The primary: a standby refuses LISTEN, and its snapshots lie about transactions in progress.
struct PrimaryServer: Check {
    let subject = "primary"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')::boolean")
        if rows.bool(0, 0) == true {
            return [
                .problem(
                    "this server is a standby: LISTEN fails here, and no daemon serves from it",
                    cure: FeedError.primaryCure)
            ]
        }
        if rows.bool(0, 1) == true {
            return [
                .problem(
                    "sessions may only read here: default_transaction_read_only is on for the role, the database or "
                        + "the server, and the daemon takes such a server for a standby",
                    cure: "reset it for the daemon's role: "
                        + "ALTER ROLE … SET default_transaction_read_only = off")
            ]
        }
        return [.ok("this server is the primary")]
    }
}
