import ArgumentParser

/// The command line.
@main
struct SceneSync: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "scenesync",
        abstract: "Live images for the scenes of a project, exactly as PostgreSQL has them.",
        discussion: """
            Settings come from flags, then from the environment (--some-thing is SCENESYNC_SOME_THING), then from \
            --config FILE (JSON, keys as the flags). The database is --database-url, else SCENESYNC_DATABASE_URL, else \
            DATABASE_URL, else libpq's own environment.
            """,
        version: version,
        subcommands: [
            Serve.self, Migrate.self, Backfill.self, Doctor.self, Verify.self, Watch.self, Demo.self, Health.self,
        ]
    )

    static func main() async {
        let arguments = CommandLine.arguments
        VisibleArguments.hideSecrets(arguments)
        await main(Array(arguments.dropFirst()))
    }
}
