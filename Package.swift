// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The files that are built into the binary.
func embedded(_ files: [String]) -> [Resource] {
    files.map { .embedInCode($0) }
}

let descriptions = ["asyncapi.json", "openapi.json"]

let migrations = [
    "0001_create_generated_images_table.sql",
    "0002_create_scene_sync_schema.sql",
    "0003_create_changes_table.sql",
    "0004_create_scene_sync_api_schema.sql",
    "0005_create_backfill_table.sql",
    "0006_sign_notifications.sql",
]

let triggers = [
    "10_channel.sql",
    "11_signing_key.sql",
    "12_renew_secrets.sql",
    "15_lost.sql",
    "16_changes_since.sql",
    "18_contents.sql",
    "19_fingerprint.sql",
    "20_load.sql",
    "21_compare.sql",
    "30_described.sql",
    "31_described_briefly.sql",
    "32_fold_deletions.sql",
    "33_payload.sql",
    "34_read_changes.sql",
    "35_prune_changes.sql",
    "36_cluster.sql",
    "37_prune_answers.sql",
    "38_app_path.sql",
    "38_kept_answer.sql",
    "38_sealed.sql",
    "39_keep_answer.sql",
    "40_notify.sql",
    "41_announce_project.sql",
    "42_announce_regenerated.sql",
    "50_record_deleted_images.sql",
    "51_record_moved_image.sql",
    "52_record_truncated_images.sql",
    "53_record_deleted_projects.sql",
    "54_record_renamed_project.sql",
    "55_record_truncated_projects.sql",
    "56_record_regenerated.sql",
    "57_record_departed_images.sql",
    "60_announce_inserted_images.sql",
    "61_announce_updated_images.sql",
    "62_announce_deleted_images.sql",
    "63_announce_truncated_images.sql",
    "64_announce_inserted_projects.sql",
    "65_announce_updated_project.sql",
    "66_announce_deleted_projects.sql",
    "67_announce_truncated_projects.sql",
    "69_is_integer.sql",
    "70_image_touched.sql",
    "71_sees.sql",
    "72_may_regenerate.sql",
    "73_memories.sql",
    "74_scene_numbers.sql",
    "75_take_turn.sql",
    "76_generations.sql",
    "77_images_refused.sql",
    "78_save_images.sql",
    "79_regenerate.sql",
    "80_generated_images.sql",
    "81_content_creation_requests.sql",
    "82_attempt.sql",
    "82_upsert_images.sql",
    "83_write.sql",
    "84_generations_for_daemon.sql",
    "85_images_seen.sql",
    "86_image_count.sql",
    "87_assume.sql",
    "88_may_read.sql",
    "89_write_as.sql",
    "90_examine.sql",
    "91_grant_to_daemon.sql",
    "92_grant_role.sql",
]

let pages = [
    "access.js",
    "announcer.js",
    "chart.js",
    "charts.js",
    "dashboard-state.js",
    "dashboard.css",
    "dashboard.html",
    "dashboard.js",
    "elements.js",
    "explain-panel.js",
    "explain-words.js",
    "feed-panel.js",
    "happenings.js",
    "icon.svg",
    "journal.js",
    "kept-stream.js",
    "lanes.js",
    "lightbox.js",
    "monitor-stream.js",
    "page.css",
    "picture.js",
    "project-row.js",
    "project-stream.js",
    "project-table.js",
    "project.js",
    "ranking.js",
    "scenes.js",
    "shapes.js",
    "timeline.js",
    "viewer-states.js",
    "viewer.css",
    "viewer.html",
    "viewer.js",
    "words.js",
]

let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdHTTP2 = Target.Dependency.product(name: "HummingbirdHTTP2", package: "hummingbird")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "scenesync",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "scenesync", targets: ["scenesync"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Postgres", dependencies: ["CLibpq", "CLinux"], swiftSettings: strict),
        .target(
            name: "Migrations", dependencies: ["Postgres"], path: "migrations", resources: embedded(migrations),
            swiftSettings: strict),
        .target(
            name: "Triggers", dependencies: ["Postgres"], path: "triggers", resources: embedded(triggers),
            swiftSettings: strict),
        .target(name: "ProjectSync", dependencies: [nio, crypto], swiftSettings: strict),
        .target(name: "Monitoring", dependencies: ["ProjectSync", coreMetrics], swiftSettings: strict),
        .target(name: "ChangeFeed", dependencies: ["Postgres", "ProjectSync", crypto, log], swiftSettings: strict),
        .target(
            name: "Fanout", dependencies: ["CLinux", "ProjectSync", nio, nioHTTP, nioHTTPTypes, nioPosix],
            swiftSettings: strict),
        .target(
            name: "SyncHTTP",
            dependencies: [
                "CZlib", "Fanout", "Monitoring", "ProjectSync", asyncHTTPClient, hummingbird, hummingbirdHTTP2,
                httpTypes,
                jwtKit, log, metrics, nio, nioHTTP, nioHTTP2, nioHTTPTypes, nioPosix, nioSSL, nioTLS,
            ],
            resources: embedded(pages.map { "Pages/" + $0 } + descriptions.map { "Descriptions/" + $0 }),
            swiftSettings: strict
        ),
        .executableTarget(
            name: "scenesync",
            dependencies: [
                "CLinux", "ChangeFeed", "Fanout", "Migrations", "Monitoring", "Postgres", "ProjectSync", "SyncHTTP",
                "Triggers", argumentParser, log, metrics, nio, nioHTTP, nioPosix, signals, subprocess,
            ],
            resources: embedded(["Demo/embedded-postgres.sh"]),
            swiftSettings: strict
        ),
        .executableTarget(
            name: "FeedBenchmark", dependencies: ["ChangeFeed", "Monitoring", "ProjectSync", "RandomNumbers"],
            path: "Benchmarks/feed", swiftSettings: strict),
        .target(name: "RandomNumbers", path: "Tests/RandomNumbers", swiftSettings: strict),
        .target(
            name: "PostgresTestSupport", dependencies: ["Postgres"], path: "Tests/PostgresTestSupport",
            exclude: ["postgres-for-tests.sh"], swiftSettings: strict),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "PostgresTestSupport", "RandomNumbers"],
            swiftSettings: strict),
        .testTarget(name: "ProjectSyncTests", dependencies: ["ProjectSync", nio], swiftSettings: strict),
        .testTarget(
            name: "ChangeFeedTests", dependencies: ["ChangeFeed", "Postgres", "ProjectSync", "RandomNumbers"],
            swiftSettings: strict),
        .testTarget(
            name: "MonitoringTests", dependencies: ["Monitoring", "ProjectSync", coreMetrics], swiftSettings: strict),
        .testTarget(
            name: "FanoutTests", dependencies: ["Fanout", "ProjectSync", nio, nioEmbedded], swiftSettings: strict),
        .testTarget(
            name: "SyncHTTPTests",
            dependencies: [
                "SyncHTTP", "Fanout", "ProjectSync", crypto, cryptoExtras, httpTypes, log, nio, nioEmbedded,
            ],
            swiftSettings: strict),
        .target(
            name: "FuzzReaders", dependencies: ["ChangeFeed", "Fanout", "ProjectSync", "SyncHTTP", nio],
            path: "Tests/FuzzReaders", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzReaders", "RandomNumbers"], swiftSettings: strict),
        .testTarget(
            name: "TriggersTests",
            dependencies: [
                "CLibpq", "Migrations", "Postgres", "PostgresTestSupport", "RandomNumbers", "Triggers", crypto,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "MigrationsTests", dependencies: ["Migrations", "Postgres", "PostgresTestSupport", "Triggers"],
            swiftSettings: strict),
        .testTarget(
            name: "SceneSyncTests", dependencies: ["Postgres", "PostgresTestSupport", "Triggers", "scenesync"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "CZlib", "ChangeFeed", "Migrations", "Postgres", "PostgresTestSupport", "RandomNumbers", "Triggers",
                "scenesync", crypto, nio, nioHPACK, nioHTTP2, nioPosix, nioSSL,
            ],
            exclude: ["Service/hold-thread.py"],
            swiftSettings: strict),
    ]
)

// libFuzzer follows which ways inputs take through what reads them (`make fuzz`).
if Context.environment["SCENESYNC_FUZZ"] != nil {
    for target in package.targets where ["ChangeFeed", "Fanout", "ProjectSync", "SyncHTTP"].contains(target.name) {
        target.swiftSettings =
            (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer", "-O", "-enable-testing"])]
    }
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzReaders"], path: "Tests/Fuzz", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
