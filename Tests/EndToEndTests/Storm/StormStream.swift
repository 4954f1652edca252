import Synchronization

/// A browser with one project open, or with several on one stream: it reads, is cut off, and comes back with what it
/// remembers, or with something else.
final class StormStream: Sendable {
    /// What it shows of a project.
    private struct View {
        var mirror: ProjectMirror
        var observer = StormObserver()
        /// Since when it believes to show what the database has.
        var liveSince: ContinuousClock.Instant?
        /// The order of a state that the next snapshot must hold, because it is to be loaded for this connection.
        var least: Int64?
    }

    private struct State {
        /// By the projects' ids.
        var views: [String: View]
        var lastEventID: String?
        var isConnected = false
        var recent: [String] = []
        /// The daemon that it is connected to, as an index of the world's.
        var daemon: Int

        var isBetweenIDs: Bool { views.values.contains { $0.mirror.isBetweenIDs } }
    }

    /// How a connection begins.
    private enum Arrival: Sendable {
        case new, resumed, foreign, garbage
    }

    let projects: [StormProject]
    let isSlow: Bool
    private let number: Int
    private let state: Mutex<State>

    init(_ number: Int, of projects: [StormProject], isSlow: Bool) {
        self.number = number
        self.projects = projects
        self.isSlow = isSlow
        let views = projects.map { ($0.id, View(mirror: ProjectMirror(of: $0.id))) }
        state = Mutex(State(views: Dictionary(uniqueKeysWithValues: views), daemon: number))
    }

    var lastEventID: String? {
        state.withLock { $0.lastEventID }
    }

    private var isJoint: Bool { projects.count > 1 }

    private var target: String {
        isJoint
            ? "/v1/events?" + projects.map { "project=\($0.id)" }.joined(separator: "&")
            : "/v1/projects/\(projects[0].id)/events?"
    }

    /// What is wrong with what this browser shows of a project; nil if nothing is.
    func difference(of project: StormProject, from expected: String?, revision: String?) -> String? {
        state.withLock { state in
            guard let mirror = state.views[project.id]?.mirror else { return nil }
            guard let expected else { return state.isConnected && !mirror.isDeleted ? "it is not told" : nil }
            // A joint stream goes on without what was gone, and has it again with the next connection.
            if isJoint, state.isConnected, mirror.isDeleted { return nil }
            guard state.isConnected, mirror.isLive else { return "it is not live" }
            guard let text = mirror.generatedOutput, text.hasSameBytes(as: expected) else {
                return "it shows \(mirror.generatedOutput ?? "nothing")"
            }
            return mirror.lastEventID == revision ? nil : "its last event id is \(mirror.lastEventID ?? "none")"
        }
    }

    /// What it shows, if it has believed for so long to be live and still shows what was over before.
    func lag(beyond limit: Duration, in world: StormWorld) -> (project: StormProject, what: String)? {
        guard !isSlow, !world.excusesLag, !world.excusesSilence else { return nil }
        for project in projects where world.ledger.follows(project.id) {
            if let what = lag(of: project, beyond: limit, in: world) { return (project, what) }
        }
        return nil
    }

    private func lag(of project: StormProject, beyond limit: Duration, in world: StormWorld) -> String? {
        let begin = ContinuousClock.now - limit
        let text = state.withLock { state -> String? in
            guard let view = state.views[project.id], state.isConnected, !view.mirror.isBetweenIDs else { return nil }
            return view.liveSince.map { $0 < begin } == true ? view.mirror.generatedOutput : nil
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
        for project in projects where world.ledger.follows(project.id) {
            let states = world.ledger.states(of: project.id)
            let found = state.withLock { $0.views[project.id]?.observer.check(against: states) }
            guard let (checked, violation) = found else { continue }
            world.counts.add(.observations, checked)
            if let violation { world.find("stream \(number): \(violation)", of: project.id, recentEvents) }
        }
    }

    /// The database is an older one.
    func forget() {
        state.withLock { state in
            for id in state.views.keys {
                state.views[id]?.observer = StormObserver()
                state.views[id]?.least = nil
            }
        }
    }

    /// Until the task is cancelled.
    func run(in world: StormWorld, others: [StormStream]) async {
        var random = world.random(1_000 + number)
        while !Task.isCancelled {
            do {
                try await connect(world, others, &random)
            } catch let refusal as RefusedStream where refusal.head.status == 404 && mayBeGone {
                begin(.new, in: world)
                try? await Task.sleep(for: .milliseconds(100))
            } catch {
                if Task.isCancelled { return }
                if world.excusesSilence, error is TransportError { continue }
                world.find("stream \(number): \(error)", of: projects.map(\.id).joined(separator: ", "), recentEvents)
                return
            }
            state.withLock { $0.isConnected = false }
        }
    }

    private var mayBeGone: Bool { projects.allSatisfy { $0.writer == nil } }

    private func begin(_ arrival: Arrival, in world: StormWorld) {
        for project in projects {
            // Whatever it says, what is shown is to be loaded for it.
            let least = arrival == .foreign || arrival == .garbage ? world.ledger.newest(of: project.id) : nil
            state.withLock { state in
                state.views[project.id]?.liveSince = nil
                state.views[project.id]?.least = least
                if arrival == .resumed {
                    state.views[project.id]?.mirror.connectWithWholes()
                } else {
                    state.views[project.id]?.mirror.forget()
                    state.lastEventID = nil
                }
            }
        }
    }

    private func connect(_ world: StormWorld, _ others: [StormStream], _ random: inout StormRandom) async throws {
        let (arrival, id) = arrive(others, &random)
        let port = choosePort(arrival, world, &random)
        if arrival == .foreign { world.counts.add(.foreignIDs) }
        if arrival == .garbage { world.counts.add(.garbageIDs) }
        if isJoint { world.counts.add(arrival == .resumed ? .jointResumes : .jointConnections) }
        begin(arrival, in: world)
        state.withLock { $0.recent.append("connects, \(arrival), \(id ?? "no id")") }
        let way: Way = random.chance(0.3) ? .channel : .reactor
        if way == .channel { world.counts.add(.channels) }
        let inQuery = id.map { random.chance(0.3) && $0.utf8.allSatisfy { $0 > 32 && $0 < 127 } } ?? false
        let stream = try await EventStream.open(
            port: port, target + (inQuery ? "&last_event_id=\(id ?? "")" : ""),
            lastEventID: inQuery ? nil : id, headers: way.headers, receiveBuffer: isSlow ? 4_096 : nil,
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
        let changes = arrival != .new && !projects.contains { world.ledger.follows($0.id) } && random.chance(0.5)
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
            let strangers = others.filter { other in !projects.contains { other.projects.contains($0) } }
            if let id = strangers.randomElement(using: &random)?.lastEventID {
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
        var opening: Set<String>? = arrival == .resumed && !isJoint ? [] : nil
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
            if random.chance(0.2), state.withLock({ $0.isBetweenIDs }) {
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
        let data = try? JSONReader.read(event.data)
        // An event of no project is of all that the stream still tells of.
        let one = (data?["project_id"] ?? data?["project"]?["id"])?.plainString
        state.withLock { state in
            if state.recent.count > 40 { state.recent.removeFirst(20) }
            state.recent.append("\(event.event) id \(event.id ?? "none") \(event.data.prefix(240))")
            // Who has been told that all he follows is gone has nothing to go on from.
            if !event.lastEventID.isEmpty { state.lastEventID = event.lastEventID }
            if event.event == "deleted", !isJoint { state.lastEventID = nil }
        }
        for project in projects where (one ?? project.id) == project.id {
            try take(event, data, of: project, toAll: one == nil, world)
        }
    }

    private func take(
        _ event: ServerSentEvent, _ data: JSONNode?, of project: StormProject, toAll: Bool, _ world: StormWorld
    ) throws {
        let isFollowed = world.ledger.follows(project.id)
        // On a stream of its own the project's events would bear its revision.
        let id = event.id == nil || !isJoint ? event.id : data?["revision"]?.plainString
        let own = ServerSentEvent(
            event: event.event, id: id, lastEventID: "", data: event.data, retry_milliseconds: nil)
        let text: String? = try state.withLock { state in
            guard var view = state.views[project.id], !(toAll && view.mirror.isDeleted) else { return nil }
            defer { state.views[project.id] = view }
            try view.mirror.apply(own)
            view.liveSince = view.mirror.isLive ? view.liveSince ?? .now : nil
            let source = "\(event.event) \(id ?? "without an id")"
            if isFollowed, event.event == "scene", let data { view.observer.see(scene: data, from: source) }
            guard id != nil, let text = view.mirror.generatedOutput else { return nil }
            if isFollowed {
                view.observer.see(whole: text, from: source, least: view.least)
                view.least = nil
            }
            return text
        }
        if let id, let text, !world.revisions.note(id, text) {
            world.find("revision \(id) stands for two states, now \(text)", of: project.id, recentEvents)
        }
    }
}
