import ProjectSync

/// Says in a few sentences what has become of an image.
struct ExplainSummary {
    private let known: Explanation
    private let database: ExplainText.Database

    init(_ known: Explanation, _ database: ExplainText.Database) {
        self.known = known
        self.database = database
    }

    var text: String {
        [past, present, shown, feed].compactMap { $0 }.joined(separator: " ")
    }

    private var past: String? {
        guard known.cached != nil else {
            return "The project was not in memory, where changes are traced: nothing is known of what happened before."
        }
        guard let event = known.events.last else {
            let before = known.hasForgotten ? " that is still kept" : ""
            return "No change of this place\(before) was heard since the project is in memory."
        }
        let change = event.traced.change
        let written = WallTime(microseconds: change.statementTime_microseconds).rfc3339
        let sent = event.publication.map(Self.sent) ?? ", and no event was due"
        return """
            The last change was written at \(written) (\(change.operation.rawValue), backend \(change.backendPID)): \
            \(event.outcome.words)\(sent).
            """
    }

    private var present: String {
        switch (database, known.cached) {
        case (.unavailable(let reason), _):
            "The database could not be asked: \(reason)"
        case (.notKept, _):
            "What the database has is read with each request, and not kept."
        case (.has(let stored), let cached?) where stored == cached.image:
            stored == nil ? "Neither the database nor memory has an image here." : "The database and memory agree."
        case (.has(let stored), .some):
            """
            Memory had something else than the database, which has \(stored == nil ? "no image" : "one") here: \
            a change was not announced, or is just arriving. Memory is now as the database.
            """
        case (.has(let stored), nil):
            "The database has \(stored == nil ? "no image" : "an image") here."
        }
    }

    private var shown: String? {
        guard let cached = known.cached else { return nil }
        if cached.positions.isEmpty {
            return "The document has no scene with this index, so images of it appear nowhere."
        }
        return cached.isOnFallback ? "The scene shows the images stored in the document: it has had no row yet." : nil
    }

    private var feed: String? {
        switch known.status {
        case .live: nil
        case .connecting: "The daemon has not reached the database yet."
        case .unsafe(_, let reason): "The feed is not safe yet: \(reason)."
        case .stale(let since, _): "The database is lost since \(since): what memory has may be old."
        }
    }

    private static func sent(_ publication: TracedChange.Publication) -> String {
        let streams = publication.handout?.streams ?? 0
        if publication.subscribers == 0 { return ", and nobody was there to be sent it" }
        guard streams < publication.subscribers else { return " and sent to \(count(streams, "subscriber"))" }
        return " and sent to \(streams) of \(count(publication.subscribers, "subscriber"))"
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
