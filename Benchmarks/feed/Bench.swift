import ChangeFeed
import Monitoring
import ProjectSync

/// A cache as the scenario wants it, and the repetitions over it.
struct Bench {
    let audience = EncodingAudience()
    /// As in the daemon, every change is seen by it.
    private let monitor = Monitor(times: DeliveryTimes(in: MetricRegistry(DeliveryTimes.families)))
    private let scenario: Scenario
    private let cache: ProjectCache
    private let project: Project?
    private let watcher = SilentWatcher()
    private var payloads: Payloads

    init(_ scenario: Scenario) {
        self.scenario = scenario
        payloads = Payloads(scenario)
        cache = ProjectCache(
            capacity_bytes: 4 << 30, history: EventLog.Limits(events: 32), audience: audience, witness: monitor)
        cache.feedIsLive()
        project = scenario.path == .snapshot ? Self.project(0, scenario)?.project : nil
        if scenario.path == .apply { warm() }
    }

    /// How long `count` changes take. Their payloads are made before.
    mutating func run(_ count: Int) -> Duration {
        switch scenario.path {
        case .decode:
            let payloads = payloads.next(count)
            return ContinuousClock().measure { for payload in payloads { Self.consume(decode(payload)) } }
        case .apply:
            let payloads = payloads.next(count)
            return ContinuousClock().measure { apply(payloads) }
        case .snapshot:
            return ContinuousClock().measure { for _ in 0..<count { encode() } }
        }
    }

    private func apply(_ payloads: [[UInt8]]) {
        var changes: [Change] = []
        var last = payloads.startIndex
        while last < payloads.endIndex {
            let next = min(last + scenario.batch, payloads.endIndex)
            changes.removeAll(keepingCapacity: true)
            for payload in payloads[last..<next] {
                if let change = decode(payload) { changes.append(change) }
            }
            cache.apply(changes, now: .now)
            last = next
            // The daemon does so after each reading of the table.
            if last % 100 == 0, let xid = changes.last?.xid {
                cache.forgetDecisions(seenBy: TransactionSnapshot(xmin: xid, xmax: xid))
            }
        }
    }

    private func decode(_ payload: [UInt8]) -> Change? {
        guard case .change(let change) = try? ChangeDecoder.decode(payload) else { return nil }
        return change
    }

    private func encode() {
        if let project { audience.note(.snapshot(ProjectBody(project))) }
    }

    @inline(never)
    private static func consume(_ change: Change?) {}

    /// Loads every project as the daemon would.
    private func warm() {
        for number in 0..<scenario.projects {
            guard let loaded = Self.project(number, scenario) else { continue }
            cache.watch(loaded.id, StreamRequest(), watcher)
            if let batch = cache.takeLoads(atMost: 1) { cache.complete(batch, [loaded]) }
            if !scenario.watched { cache.unwatch(loaded.id, watcher) }
        }
    }

    private static func project(_ number: Int, _ scenario: Scenario) -> LoadedProject? {
        guard let id = ProjectID(Payloads.id(number)) else { return nil }
        let scenes = (1...scenario.scenes).map {
            #"{"index": \#($0), "prompt": "A lighthouse at dusk, waves, long exposure", "imageUrls": []}"#
        }
        let document = #"{"title": "The keeper's last night", "scenes": ["# + scenes.joined(separator: ", ") + "]}"
        let images = (1...scenario.scenes).flatMap { scene in
            (0..<scenario.images).map { image in
                Image(
                    place: Place(scene: Int32(scene), image: Int32(image)),
                    url: ImageURL(Payloads.url(scene * 1_000 + image)))
            }
        }
        let snapshot = TransactionSnapshot(xmin: 1_000, xmax: 1_000)
        let project = Array(document.utf8).withUnsafeBytes {
            try? Project(id: id, documentText: $0, images: images, generations: [:], snapshot: snapshot)
        }
        return LoadedProject(id: id, project: project, snapshot: snapshot)
    }
}
