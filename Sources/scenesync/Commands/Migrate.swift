import ArgumentParser
import Migrations
import Postgres
import ProjectSync
import Triggers

/// Brings the database's half of the feed up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply migrations/ once each, and triggers/ where they have changed.",
        discussion: """
            Everything happens in one transaction, as the owner of the app's tables. Locks are waited for at most two \
            seconds at a time, so that the app's writers do not queue up behind us.
            """)

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Say what is applied and what is pending, and change nothing; exit 2 if something is pending.")
    var status = false

    @Flag(help: "Say what would be applied, and change nothing.")
    var dryRun = false

    @Flag(help: "Print the status as JSON.")
    var json = false

    @Option(help: "Give this role what the daemon needs, and make the role if there is none (no rights on tables).")
    var daemonRole: String?

    @Option(
        help: "Let the daemon's role act as this one, for --authorize rls (needs --daemon-role); may be repeated.")
    var rlsRole: [String] = []

    @Option(help: "Seconds to go on trying to get the locks (default 60).")
    var wait: Int?

    func run() async throws {
        try await ExitStatus.report {
            let settings = try Settings(configurationFile: database.config)
            let url = settings.databaseURL(database.databaseURL)
            let schema = settings.string("schema", database.schema) ?? "public"
            let patience = try settings.number("wait", wait, default: 60, Bounds.patience)
            let rlsRoles = settings.strings("rls-role", rlsRole)
            let role = settings.string("daemon-role", daemonRole)
            guard rlsRoles.isEmpty || role != nil else {
                throw ConfigurationError("--rls-role needs --daemon-role, which is to be a member of it")
            }
            let installation = try Installation(url, schema: schema, daemonRole: role, rlsRoles: rlsRoles)
            if status || dryRun {
                try await report(installation)
            } else {
                let applied = try await installation.apply(wait: .seconds(patience)) { Console.note($0) }
                Console.print(applied.isEmpty ? "nothing to do" : "applied \(applied.count) scripts")
            }
        }
    }

    private func report(_ installation: Installation) async throws {
        let scripts = try await installation.status()
        let pending = scripts.filter { $0.state != .applied }
        if json {
            let items = scripts.map {
                "{\"name\": \(JSONText.string($0.name)), \"kind\": \"\($0.kind)\", \"state\": \"\($0.state)\"}"
            }
            Console.print("{\"pending\": \(pending.count), \"scripts\": [\(items.joined(separator: ", "))]}")
        } else if dryRun {
            Console.print(
                pending.isEmpty ? "nothing to do" : pending.map { "would apply \($0.name)" }.joined(separator: "\n"))
        } else {
            for script in scripts { Console.print("\(script.state)\t\(script.name)") }
        }
        if status && !pending.isEmpty { throw ExitStatus.foundSomething }
    }
}
