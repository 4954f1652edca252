import ArgumentParser
import Postgres
import ProjectSync

/// The acceptance checklist of the migration to rows, on a live deployment.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the migration's checklist against a live deployment, and leave nothing behind.",
        discussion: """
            Writes as the app does, so give it the app's connection string. It works on a project of its own, which it \
            removes again, also when it is interrupted; where the app's rows want more than an id and a document, name \
            a disposable project, whose document it puts back. Exit 2 if a check has failed.
            """)

    @OptionGroup var database: DatabaseOptions

    @OptionGroup var daemon: ClientOptions

    @Option(help: "Use this project for a moment, instead of one of its own.")
    var project: ProjectID?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        try await ExitStatus.report {
            let settings = try Settings(configurationFile: database.config)
            let report = VerifyReport(isJSON: json)
            let run = try VerifyRun(
                settings: ConnectionSettings(
                    settings.databaseURL(database.databaseURL), applicationName: "scenesync verify"),
                tables: AppTables(schema: settings.string("schema", database.schema) ?? "public"),
                daemon: daemon.client(settings), lent: project, report: report)
            let isWhole = try await run.run()
            report.end(isComplete: isWhole)
            // A check that was stopped may have failed by that.
            guard isWhole else { throw ExitCode.failure }
            guard report.isGood else { throw ExitStatus.foundSomething }
        }
    }
}
