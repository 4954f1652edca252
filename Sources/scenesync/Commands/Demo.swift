import ArgumentParser
import Logging

/// Everything at once: a database, projects, writers, and the daemon with its pages.
struct Demo: AsyncParsableCommand {
    /// In seconds: what goes past the triggers is to be seen while one still looks.
    private static let auditInterval = 2.0

    static let configuration = CommandConfiguration(
        abstract: "Start a PostgreSQL of its own, sample projects, writers that save images, and the daemon.",
        discussion:
            """
            Takes the flags of `serve`. Some writers save through the daemon, as anybody may: with --auth, --read-only or
            TLS they cannot. Others save by plain SQL, in transactions that overlap. Memory is compared with the database
            every 2 seconds, unless --audit-interval says otherwise. Ends on Ctrl-C and leaves nothing running; the data
            stays in --directory.
            """)

    @OptionGroup var options: DaemonOptions

    @Option(help: "Where the demo's database lives (default .scenesync).")
    var directory: String?

    @Option(help: "A JSON file of settings, keys as the flags.")
    var config: String?

    func run() async throws {
        try await ExitStatus.report {
            let settings = try Settings(configurationFile: config)
            let folder = settings.string("directory", directory) ?? ".scenesync"
            _ = try DaemonConfiguration(options, settings, databaseURL: "")
            Console.print("starting PostgreSQL in \(folder) …")
            try await EmbeddedPostgres.run(in: folder) { socketFolder in
                let database = DemoDatabase(socketFolder: socketFolder)
                try await database.prepare { Console.print($0) }
                let configuration = try DaemonConfiguration(
                    options, settings, databaseURL: database.daemon, auditInterval: Self.auditInterval)
                try await serve(configuration, database)
            }
        }
    }

    private func serve(_ configuration: DaemonConfiguration, _ database: DemoDatabase) async throws {
        let scheme = configuration.tls == nil ? "http" : "https"
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let daemon = Daemon(
            configuration: configuration, logger: configuration.logger, pictures: DemoPicture.svg,
            onListening: { port in
                let address = "\(scheme)://\(configuration.listen.text(port: port))"
                Console.print(
                    """

                    Scene Sync is running. Watch pictures arrive:

                        \(address)/projects/\(DemoProject.all[0].id)
                        \(address)/                      all projects

                    The database:  psql "\(database.app)"
                    Ctrl-C stops everything.

                    """)
                listening.yield(port)
            })
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await daemon.run() }
            tasks.addTask {
                for await port in ports.prefix(1) {
                    let address = configuration.listen.text(port: port)
                    guard let url = DaemonAddress(argument: "\(scheme)://\(address)") else { return }
                    async let sessions: Void = DemoSessions(database: database.app, logger: configuration.logger).run()
                    await DemoWriters(url: url, logger: configuration.logger).run()
                    await sessions
                }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }
}
