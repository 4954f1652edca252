import ProjectSync

/// One change of an image, step by step.
struct ExplainedChange {
    private let event: Explanation.Event
    private let change: Change
    private let clock: WallClock

    init(_ event: Explanation.Event, _ clock: WallClock) {
        self.event = event
        self.clock = clock
        change = event.traced.change
    }

    var document: JSONDocument {
        .object(
            [
                ("operation", .string(change.operation.rawValue)), ("says", .string(says)),
                ("image_url", url), ("transaction", .string("\(change.xid)")), ("number", .integer(change.n)),
                ("backend_pid", .integer(change.backendPID)), ("rows", .integer(change.rows)),
                ("outcome", .string(outcome)), ("steps", .array(steps)),
            ].filter { $0.name != "image_url" || event.content.isImage })
    }

    private var url: JSONDocument {
        if case .image(let url) = event.content {
            .literal(String(decoding: url.literal, as: UTF8.self))
        } else {
            .null
        }
    }

    private var says: String {
        switch event.content {
        case .image: "the image is this one"
        case .gone: "there is no image"
        case .untold: "something has changed"
        }
    }

    private var outcome: String { event.outcome.words }

    private var steps: [JSONDocument] {
        var steps = [
            step("began", at: WallTime(microseconds: change.transactionTime_microseconds)),
            step("written", at: WallTime(microseconds: change.statementTime_microseconds)),
        ]
        if let arrival = change.arrival {
            steps.append(step("announced", at: clock.time(of: arrival.at), ("way", .string(arrival.way.rawValue))))
        }
        switch event.outcome {
        case .applied, .unchanged, .outdated: steps.append(step("applied", at: clock.time(of: event.traced.at)))
        case .held: steps.append(step("skipped", at: clock.time(of: event.traced.at)))
        case .loaded(let at): steps.append(step("loaded", at: clock.time(of: at)))
        case .awaitsLoad: break
        }
        if let publication = event.publication, let handout = publication.handout, let at = handout.at {
            steps.append(
                step(
                    "sent", at: clock.time(of: at), ("subscribers", .integer(handout.streams)),
                    ("of", .integer(max(publication.subscribers, handout.streams)))))
        }
        return steps
    }

    /// Times are relative to the statement: the clocks of two machines may differ by as much as they do.
    private func step(
        _ name: String, at time: WallTime, _ more: (name: String, value: JSONDocument)...
    ) -> JSONDocument {
        let after = time.microseconds - change.statementTime_microseconds
        return .object(
            [
                ("step", .string(name)), ("at", .string(time.rfc3339)),
                ("after_seconds", .literal("\(Double(after) / 1_000_000)")),
            ] + more)
    }
}

extension Explanation.Event.Content {
    var isImage: Bool {
        if case .image = self { true } else { false }
    }
}

extension Explanation.Event.Outcome {
    var words: String {
        switch self {
        case .applied: "applied"
        case .unchanged: "applied, and nothing is different by it"
        case .outdated(let n): "outdated: the change with the higher number \(n) had come before"
        case .held: "skipped: the load that memory began with had it already"
        case .loaded: "loaded: a load brought it"
        case .awaitsLoad: "waits for a load"
        }
    }
}
