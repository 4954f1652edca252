import ArgumentParser
import ChangeFeed
import Postgres

/// Looks for what is wrong with a deployment, and says what to do about it.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a deployment; each finding comes with its cure.",
        discussion: """
            Changes nothing, and may be run beside a daemon. As the owner of the app's tables it sees everything; what \
            the daemon's role may not see it says. Exit 2 if a problem is found; warnings alone are exit 0.
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: "The daemon's role (default: the roles that migrate --daemon-role has given their rights).")
    var daemonRole: String?

    @Option(help: "The --doorbell of serve, auto, notify or table (default auto).")
    var doorbell: DoorbellPolicy.Way?

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() async throws {
        try await ExitStatus.report {
            let report = try await examine(try Settings(configurationFile: database.config))
            if json { Console.print(report.json) } else { Console.print(report.lines) }
            if report.hasProblem { throw ExitStatus.foundSomething }
        }
    }

    private func examine(_ settings: Settings) async throws -> DoctorReport {
        let way = try settings.value("doorbell", doorbell, default: .auto) { DoorbellPolicy.Way(rawValue: $0) }
        do {
            let deployment = try await Deployment.open(
                settings.databaseURL(database.databaseURL),
                schema: settings.string("schema", database.schema) ?? "public",
                daemonRole: settings.string("daemon-role", daemonRole), doorbell: way)
            return try await Examination.run(deployment)
        } catch PostgresError.unreachable(let why) {
            // A pooler that is met at the door, and would swallow LISTEN if it let us in.
            guard let finding = NotificationRoundTrip.refusal(why) else { throw PostgresError.unreachable(why) }
            return DoctorReport(entries: [.init(subject: NotificationRoundTrip().subject, finding: finding)])
        }
    }
}
