import Postgres
import Triggers

/// Our triggers are on the app's tables, as they were made, and fire for every writer.
struct InstalledTriggers: Check {
    private struct Installed {
        let text: String
        /// `pg_trigger.tgenabled`: O and A fire for writers, D is disabled, R fires for replication only.
        let enabled: String
    }

    let subject = "triggers"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let triggers = Triggers.all.flatMap {
            TriggerDefinition.all(in: Installation.placed($0, in: deployment.schema))
        }
        let installed = try await installed(deployment)
        let findings = triggers.compactMap { finding($0, installed["\($0.table) \($0.name)"]) }
        return findings.isEmpty ? [.ok("all \(triggers.count) are on their tables, as made, and enabled")] : findings
    }

    private func finding(_ trigger: TriggerDefinition, _ installed: Installed?) -> Finding? {
        let name = "\(trigger.name) on \(trigger.table)"
        let migrate = "run scenesync migrate, as the owner"
        guard let installed else {
            return .problem("\(name) is missing: what it should announce is not heard of", cure: migrate)
        }
        let enable = "ALTER TABLE \(trigger.table) ENABLE TRIGGER \(trigger.name)"
        switch installed.enabled {
        case "D": return .problem("\(name) is disabled: what it should announce is not heard of", cure: enable)
        case "R": return .problem("\(name) fires for replication only, not for the app's writers", cure: enable)
        default: break
        }
        guard trigger.isSame(as: installed.text) else {
            return .problem("\(name) is not as this release makes it", cure: "drop it, and \(migrate)")
        }
        return nil
    }

    private func installed(_ deployment: Deployment) async throws -> [String: Installed] {
        let rows = try await deployment.ask(
            """
            SELECT
                namespace.nspname || '.' || relation.relname || ' ' || trigger.tgname,
                pg_get_triggerdef(trigger.oid),
                trigger.tgenabled
            FROM pg_trigger AS trigger
            JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
            JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
            WHERE trigger.tgname LIKE 'scene\\_sync\\_%' AND NOT trigger.tgisinternal
            """)
        return Dictionary(
            (0..<rows.count).map { row in
                (
                    rows.string(row, 0) ?? "",
                    Installed(text: rows.string(row, 1) ?? "", enabled: rows.string(row, 2) ?? "")
                )
            }, uniquingKeysWith: { first, _ in first })
    }
}
