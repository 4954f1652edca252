import ProjectSync

/// The body of `GET /v1/explain`.
struct ExplainText {
    /// What a load has found at the place.
    enum Database {
        case has(ImageURL?)
        /// It was read, and nothing is kept at the moment.
        case notKept
        case unavailable(String)
    }

    let known: Explanation
    let database: Database
    private let clock = WallClock()

    init(_ known: Explanation, database: Database) {
        self.known = known
        self.database = database
    }

    var document: JSONDocument {
        .object([
            ("project_id", .string(known.project.description)),
            ("scene_index", .integer(known.place.scene)),
            ("image_index", .integer(known.place.image)),
            ("at", .string(clock.now.rfc3339)),
            ("summary", .string(ExplainSummary(known, database).text)),
            ("feed", .string(feed)),
            ("changes", .array(known.events.map { ExplainedChange($0, clock).document })),
            ("repairs", .array(known.repairs.map(repair))),
            ("older_changes_forgotten", .bool(known.hasForgotten)),
            ("cache", known.cached.map(cached) ?? .null),
            ("database", databaseDocument),
        ])
    }

    private var feed: String {
        switch known.status {
        case .connecting: "connecting"
        case .unsafe: "unsafe"
        case .live: "live"
        case .stale: "stale"
        }
    }

    private var databaseDocument: JSONDocument {
        switch database {
        case .has(let image): .object([("image_url", Self.url(image))])
        case .notKept: .object([("error", .string("Nothing is kept before the feed is safe."))])
        case .unavailable(let reason): .object([("error", .string(reason))])
        }
    }

    private func cached(_ cached: Explanation.Cached) -> JSONDocument {
        .object([
            ("image_url", Self.url(cached.image)),
            ("is_on_fallback", .bool(cached.isOnFallback)),
            ("generation", .integer(cached.generation)),
            ("positions", .literal("[\(cached.positions.map(String.init).joined(separator: ", "))]")),
            ("revision", .string(cached.revision.description)),
            ("is_live", .bool(cached.isVouched)),
            ("waits_for_load", .bool(cached.isBehind)),
            ("subscribers", .integer(cached.subscribers)),
            ("loaded_at", time(cached.loadedAt)),
            (
                "audit",
                .object([
                    ("last", time(cached.audit.last)), ("divergences", .integer(cached.audit.divergences)),
                ])
            ),
        ])
    }

    private func repair(_ load: TracedLoad) -> JSONDocument {
        .object([("at", time(load.at)), ("subscribers", .integer(load.publication?.subscribers ?? 0))])
    }

    private static func url(_ image: ImageURL?) -> JSONDocument {
        image.map { .literal(String(decoding: $0.literal, as: UTF8.self)) } ?? .null
    }

    private func time(_ instant: ContinuousClock.Instant?) -> JSONDocument {
        .string(orNull: instant.map { clock.time(of: $0).rfc3339 })
    }
}
