import ArgumentParser
import Logging
import Postgres

/// The daemon.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep projects in memory, answer reads from there, and stream changes to browsers.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var options: DaemonOptions

    func run() async throws {
        try await ExitStatus.report {
            let settings = try Settings(configurationFile: database.config)
            let configuration = try DaemonConfiguration(
                options, settings, databaseURL: settings.databaseURL(database.databaseURL))
            try ConnectionSettings(configuration.databaseURL).check()
            if let schema = settings.string("schema", database.schema) {
                try await AppSchema.check(schema, of: configuration.databaseURL)
            }
            try await Daemon(configuration: configuration, logger: configuration.logger).run()
        }
    }
}

extension DaemonConfiguration {
    var logger: Logger {
        Logger(label: "scenesync") { _ in LineLogHandler(level: logLevel.level, format: logFormat) }
    }
}
