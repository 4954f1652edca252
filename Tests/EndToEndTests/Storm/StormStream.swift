import Synchronization

/// A browser with one project open: it reads, is cut off, and comes back with what it remembers, or with something else.
final class StormStream: Sendable {
    private struct State {
        var mirror: ProjectMirror
        var observer = StormObserver()
        var isConnected = false
        /// Since when it believes to show what the database has.
        var liveSince: ContinuousClock.Instant?
        var recent: [String] = []
        /// The order of a state that the next snapshot must hold, because it is to be loaded for this connection.
        var least: Int64?
        /// The daemon that it is connected to, as an index of the world's.
        var daemon: Int
    }

    /// How a connection begins.
    private enum Arrival: Sendable {
        case new, resumed, foreign, garbage
    }

    let project: StormProject
    let isSlow: Bool
    private let number: Int
    private let state: Mutex<State>

    init(_ number: Int, of project: StormProject, isSlow: Bool) {
        self.number = number
        self.project = project
        self.isSlow = isSlow
        state = Mutex(State(mirror: ProjectMirror(of: project.id), daemon: number))
    }

    var lastEventID: String? {
        state.withLock { $0.mirror.lastEventID }
    }

    /// What is wrong with what this browser shows; nil if nothing is.
    func difference(from expected: String?, revision: String?) -> String? {
        state.withLock { state in
            guard let expected else { return state.isConnected && !state.mirror.isDeleted ? "it is not told" : nil }
            guard state.isConnected, state.mirror.isLive else { return "it is not live" }
            guard let text = state.mirror.generatedOutput, text.hasSameBytes(as: expected) else {
                return "it shows \(state.mirror.generatedOutput ?? "nothing")"
            }
            return state.mirror.lastEventID == revision
                ? nil : "its last event id is \(state.mirror.lastEventID ?? "none")"
        }
    }

    /// What it shows, if it has believed for so long to be live and still shows what was over before.
    func lag(beyond limit: Duration, in world: StormWorld) -> String? {
        guard !isSlow, !world.excusesLag, !world.excusesSilence, world.ledger.follows(project.id) else { return nil }
        let begin = ContinuousClock.now - limit
        let text = state.withLock { state in
            let isSure = state.isConnected && !state.mirror.isBetweenIDs && state.liveSince.map { $0 < begin } ?? false
            return isSure ? state.mirror.generatedOutput : nil
        }
        guard let text, let least = world.ledger.newest(of: project.id, at: begin) else { return nil }
        let hash = text.hashOfBytes
        let orders = world.ledger.states(of: project.id).filter { $0.whole == hash }.map(\.order)
        // States of bursts are not known before the next audit.
        guard let newest = orders.max(), newest < least else { return nil }
        return "it is called live and shows what was over \(limit) ago: \(text)"
    }

    var recentEvents: String {
        state.withLock { "stream \(number):\n" + $0.recent.suffix(15).joined(separator: "\n") }
    }

    func checkSights(in world: StormWorld) {
        guard world.ledger.follows(project.id) else { return }
        let states = world.ledger.states(of: project.id)
        let (checked, violation) = state.withLock { $0.observer.check(against: states) }
        world.counts.add(.observations, checked)
        if let violation { world.find("stream \(number): \(violation)", of: project.id, recentEvents) }
    }

    /// The database is an older one.
    func forget() {
        state.withLock { ($0.observer, $0.least) = (StormObserver(), nil) }
    }

    /// Until the task is cancelled.
    func run(in world: StormWorld, others: [StormStream]) async {
        var random = world.random(1_000 + number)
        while !Task.isCancelled {
            do {
                try await connect(world, others, &random)
            } catch let refusal as RefusedStream where refusal.head.status == 404 && project.writer == nil {
                state.withLock { $0.mirror.forget() }
                try? await Task.sleep(for: .milliseconds(100))
            } catch {
                if Task.isCancelled { return }
                if world.excusesSilence, error is TransportError { continue }
                world.find("stream \(number): \(error)", of: project.id, recentEvents)
                return
            }
            state.withLock { $0.isConnected = false }
        }
    }

    private func connect(_ world: StormWorld, _ others: [StormStream], _ random: inout StormRandom) async throws {
        let (arrival, id) = arrive(others, &random)
        let port = choosePort(arrival, world, &random)
        if arrival == .foreign { world.counts.add(.foreignIDs) }
        if arrival == .garbage { world.counts.add(.garbageIDs) }
        state.withLock { state in
            state.liveSince = nil
            if arrival == .resumed { state.mirror.connectWithWholes() } else { state.mirror.forget() }
            state.least = arrival == .foreign || arrival == .garbage ? world.ledger.newest(of: project.id) : nil
            state.recent.append("connects, \(arrival), \(id ?? "no id")")
        }
        let inQuery = id.map { random.chance(0.3) && $0.utf8.allSatisfy { $0 > 32 && $0 < 127 } } ?? false
        let stream = try await EventStream.open(
            port: port, "/v1/projects/\(project.id)/events" + (inQuery ? "?last_event_id=\(id ?? "")" : ""),
            lastEventID: inQuery ? nil : id, receiveBuffer: isSlow ? 4_096 : nil,
            cutAfter: random.chance(0.2) ? random.int(1...20_000) : nil)
        world.counts.add(.connections)
        state.withLock { $0.isConnected = true }
        try await read(stream, arrival, eventsLeft: random.chance(0.3) ? .max : random.int(1...40), world, &random)
        await stream.cut()
        world.counts.add(.cuts)
    }

    /// Who bears an id may go on with any daemon. Who comes as new may see an older state there, and so may, where a
    /// revision comes a second time, who is followed state by state.
    private func choosePort(_ arrival: Arrival, _ world: StormWorld, _ random: inout StormRandom) -> Int {
        let changes = arrival != .new && !world.ledger.follows(project.id) && random.chance(0.5)
        if changes { world.counts.add(.changesOfDaemon) }
        let daemon = state.withLock { state in
            if changes { state.daemon += 1 }
            return state.daemon
        }
        return world.ports[daemon % world.ports.count]
    }

    private func arrive(_ others: [StormStream], _ random: inout StormRandom) -> (Arrival, String?) {
        let own = lastEventID
        switch random.int(0...99) {
        case 0..<8:
            return (.garbage, random.pick(["0", "é", "AAAAAAAAAAAAAAAAAAAAAA", String(repeating: "x", count: 3_000)]))
        case 8..<18:
            if let id = others.filter({ $0.project != project }).randomElement(using: &random)?.lastEventID {
                // Two projects with the same contents have the same.
                return (id == own ? .resumed : .foreign, id)
            }
            return (.new, nil)
        case 18..<28: return (.new, nil)
        default: return own.map { (.resumed, $0) } ?? (.new, nil)
        }
    }

    private func read(
        _ stream: EventStream, _ arrival: Arrival, eventsLeft: Int, _ world: StormWorld, _ random: inout StormRandom
    ) async throws {
        var left = eventsLeft
        let end = ContinuousClock.now + random.milliseconds(300...6_000)
        var opening: Set<String>? = arrival == .resumed ? [] : nil
        while (left > 0 && ContinuousClock.now < end) || world.gate.isClosed {
            try Task.checkCancellation()
            if isSlow, !world.gate.isClosed { try await Task.sleep(for: random.milliseconds(50...1_500)) }
            let event: ServerSentEvent?
            do {
                event = try await stream.next(within: .milliseconds(200))
            } catch TransportError.timedOut {
                continue
            }
            guard let event else { return }
            left -= 1
            try take(event, world)
            if random.chance(0.2), state.withLock({ $0.mirror.isBetweenIDs }) {
                world.counts.add(.cutsWithinBatches)
                await stream.cut()
                // A browser waits before it comes back; meanwhile all may be again as its id says.
                return try await Task.sleep(for: random.milliseconds(0...80))
            }
            opening?.insert(event.event)
            if event.event == "ready" || event.event == "stale", let kinds = opening {
                classify(kinds, world)
                opening = nil
            }
        }
    }

    private func classify(_ kinds: Set<String>, _ world: StormWorld) {
        switch kinds {
        case ["ready"]: world.counts.add(.resumesByReady)
        case ["scene", "ready"]: world.counts.add(.resumesByScenes)
        case ["snapshot", "ready"]: world.counts.add(.resumesBySnapshot)
        default: break
        }
    }

    private func take(_ event: ServerSentEvent, _ world: StormWorld) throws {
        world.counts.add(.events)
        if event.event == "stale" { world.counts.add(.stales) }
        if event.event == "deleted" { world.counts.add(.deletions) }
        let isFollowed = world.ledger.follows(project.id)
        let noted: (id: String, text: String)? = try state.withLock { state in
            if state.recent.count > 40 { state.recent.removeFirst(20) }
            state.recent.append("\(event.event) id \(event.id ?? "none") \(event.data.prefix(240))")
            try state.mirror.apply(event)
            state.liveSince = state.mirror.isLive ? state.liveSince ?? .now : nil
            let source = "\(event.event) \(event.id ?? "without an id")"
            if isFollowed, event.event == "scene", let data = try? JSONReader.read(event.data) {
                state.observer.see(scene: data, from: source)
            }
            guard let id = event.id, let text = state.mirror.generatedOutput else { return nil }
            if isFollowed {
                state.observer.see(whole: text, from: source, least: state.least)
                state.least = nil
            }
            return (id, text)
        }
        if let noted, !world.revisions.note(noted.id, noted.text) {
            world.find("revision \(noted.id) stands for two states, now \(noted.text)", of: project.id, recentEvents)
        }
    }
}
