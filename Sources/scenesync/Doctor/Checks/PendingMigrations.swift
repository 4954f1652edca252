import Migrations
import Postgres
import Triggers

/// Every script of this release was applied, and none of a later one.
struct PendingMigrations: Check {
    let subject = "migrations"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let scripts: [ScriptStatus]
        do {
            let installation = try Installation(
                deployment.connectionString, schema: deployment.schema, daemonRole: nil)
            scripts = try await installation.status()
        } catch let error as ConfigurationError {
            return [.problem(error.description, cure: "give doctor, migrate and serve that schema by --schema")]
        } catch let error as StartError {
            return [.problem(error.description, cure: "then run scenesync migrate")]
        }
        var findings = Self.findings(scripts)
        if deployment.isInstalled {
            let known = (Migrations.all + Triggers.all).map(\.name)
            let others = try await deployment.ask(
                "SELECT name FROM scene_sync.applied WHERE name <> ALL ($1::text[]) ORDER BY name", [known.sqlArray])
            if others.count > 0 {
                findings.append(
                    .warning(
                        "\(others.strings(0).joined(separator: ", ")) came from another release than this one",
                        cure: "run doctor, migrate and serve of the newest release that is in use"))
            }
        }
        return findings.isEmpty ? [.ok("all \(scripts.count) scripts are applied")] : findings
    }

    /// What is there no more is for the checks of functions and triggers to tell.
    private static func findings(_ scripts: [ScriptStatus]) -> [Finding] {
        let edited = scripts.filter { $0.kind == .once && $0.state == .changed }
        let due = scripts.filter { $0.state == .pending || $0.kind == .always && $0.state == .changed }
        var findings: [Finding] = []
        if due.count == scripts.count {
            findings.append(
                .problem("this database has not been migrated", cure: "run scenesync migrate, as the owner"))
        } else if !due.isEmpty {
            let names = due.map { "\($0.name) is \($0.state)" }.joined(separator: ", ")
            findings.append(.problem("\(due.count) to apply: \(names)", cure: "run scenesync migrate, as the owner"))
        }
        if !edited.isEmpty {
            let names = edited.map(\.name).joined(separator: ", ")
            findings.append(
                .problem(
                    "\(names) was applied with another text", cure: "use the release that this database was migrated by"
                ))
        }
        return findings
    }
}
