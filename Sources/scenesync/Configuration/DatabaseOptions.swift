import ArgumentParser

/// The flags by which every command finds its database and its configuration.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help:
            "Any libpq connection string (default: SCENESYNC_DATABASE_URL, then DATABASE_URL, then libpq's own environment)."
    )
    var databaseURL: String?

    @Option(help: "The app's schema (default public).")
    var schema: String?

    @Option(help: "A JSON file of settings, keys as the flags.")
    var config: String?
}
