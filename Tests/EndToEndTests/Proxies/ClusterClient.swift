/// A browser on one project that never stays: it is cut off, or goes by itself, and comes back by the proxy or straight
/// to another daemon, with the last event id it has.
struct ClusterClient {
    let project: String
    /// Nobody writes to it: whoever is asked can only say that nothing has happened.
    let isStill: Bool
    let cluster: Cluster
    var random: StormRandom
    private(set) var viewer: Viewer
    private var seen = -1

    static func open(_ project: String, isStill: Bool, _ number: Int, in cluster: Cluster) async throws -> ClusterClient
    {
        var viewer = try await Viewer.open(project, at: cluster.proxy.port)
        try await viewer.read(through: "ready")
        return ClusterClient(
            project: project, isStill: isStill, cluster: cluster, random: StormRandom(seed: 1, part: number),
            viewer: viewer)
    }

    private init(project: String, isStill: Bool, cluster: Cluster, random: StormRandom, viewer: Viewer) {
        self.project = project
        self.isStill = isStill
        self.cluster = cluster
        self.random = random
        self.viewer = viewer
    }

    mutating func run() async throws {
        while !cluster.isOver {
            let leaving = ContinuousClock.now + random.milliseconds(100...1_500)
            do {
                while !cluster.isOver { note(try await viewer.next(within: leaving - .now)) }
            } catch let error as TransportError {
                // The stream's end, or our own will.
                if case .malformed = error { throw error }
            }
            try await comeBack()
        }
    }

    /// Reads on until it has this; then it has missed nothing.
    mutating func settle(on output: String?) async throws {
        do {
            // It may have lost its stream as the last thing before the end.
            try await viewer.reconnect(to: cluster.proxy.port)
            try await viewer.read(through: "ready")
            try await viewer.read(to: output)
        } catch is TransportError {
            cluster.findings.add(
                "project \(project) ends as \(viewer.mirror.generatedOutput ?? "nil"), not \(output ?? "nil")")
        }
    }

    private mutating func comeBack() async throws {
        let id = viewer.lastEventID
        let isDirect = random.chance(0.4)
        let port = isDirect ? random.pick(cluster.ports) : cluster.proxy.port
        do {
            try await viewer.reconnect(to: port)
            // The proxy's own word that nobody is there, which has a length: a stream has none.
            if viewer.stream.head["Content-Length"] != nil { return cluster.counts.add(.unavailable) }
            cluster.counts.add(.foreignIDs, isDirect ? 1 : 0)
            try await judge(try await viewer.next(), after: id)
        } catch let refused as RefusedStream where !isDirect {
            cluster.findings.add("the proxy refused a stream: \(refused.head.status)")
        } catch TransportError.closed {
            // It is being restarted.
        } catch TransportError.timedOut {
            cluster.findings.add("project \(project): silence from \(port) (daemons \(cluster.ports)) after \(id)")
        }
    }

    private mutating func judge(_ first: ServerSentEvent, after id: String) async throws {
        note(first)
        let isFirst = first.event != "stale"
        let event = isFirst ? first : try await viewer.next()
        if !isFirst { note(event) }
        switch event.event {
        case "ready": cluster.counts.add(.resumesByReady)
        case "scene": cluster.counts.add(.resumesByScenes)
        case "snapshot": cluster.counts.add(.resumesBySnapshot)
        default: break
        }
        if event.event == "snapshot", event.id == id {
            cluster.findings.add("project \(project): a snapshot to who had its revision \(id) already")
        }
        if isStill, event.event != "ready" || event.id != id {
            cluster.findings.add(
                "project \(project), to which nobody wrote: \(event.event) \(event.id ?? "") after \(id)")
        }
    }

    /// The first image of scene 1 is a number that only grows.
    private mutating func note(_ event: ServerSentEvent) {
        cluster.counts.add(.events)
        if event.event == "stale" { cluster.counts.add(.stales) }
        let url = viewer.mirror.document?["scenes"]?.elements?.first?["imageUrls"]?.elements?.first?.plainString
        guard let number = url.flatMap({ Int($0) }) else { return }
        if number < seen { cluster.findings.add("project \(project): \(number) after \(seen)") }
        seen = max(seen, number)
        if let id = event.id, event.event != "ready", let text = viewer.mirror.generatedOutput,
            !cluster.revisions.note(id, text)
        {
            cluster.findings.add("project \(project): the revision \(id) has stood for another state")
        }
    }
}
