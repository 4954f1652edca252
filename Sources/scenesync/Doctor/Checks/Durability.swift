import Postgres

/// What a crash of the server may take back, after streams have shown it.
struct Durability: Check {
    let subject = "durability"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        if rows.string(0, 0) == "off" {
            return [
                .warning(
                    "fsync is off: a crash of the server can ruin the database",
                    cure: "ALTER SYSTEM SET fsync = on, and restart the server")
            ]
        }
        if rows.string(0, 1) == "off" {
            return [
                .warning(
                    "synchronous_commit is off: a crash takes back saves that writers and viewers have seen",
                    cure: "set it to on for the server, the database and the writers' roles")
            ]
        }
        return [.ok("what is committed survives a crash of the server")]
    }
}
