/// A project as its stream has told it so far, and how good that is. Knows no socket, no clock and no terminal.
struct WatchState: Sendable {
    enum Condition: Equatable, Sendable {
        case connecting
        /// What is shown is being brought up to date.
        case catchingUp
        case live
        case stale(since: String)
        case lost(again: Duration)
        case ended(Happening)
    }

    struct Scene: Equatable, Sendable {
        var content: ProjectEvent.Scene
        var lastArrival: Moment?
    }

    /// How many happenings are kept to be shown.
    private static let memory = 500

    let project: String
    private(set) var condition = Condition.connecting
    private(set) var title: String?
    private(set) var scenes: [Scene] = []
    /// Images of scenes that the document does not have.
    private(set) var elsewhere: [Int32: [String]] = [:]
    private(set) var revision: String?
    /// When the revision came to be, as far as it was seen.
    private(set) var changedAt: Moment?
    private(set) var heardAt: Moment?
    private(set) var rate = ArrivalRate()
    /// The newest one first.
    private(set) var happenings: [(moment: Moment, what: Happening)] = []
    private var hasSnapshot = false

    init(project: String) {
        self.project = project
    }

    var imageCount: Int {
        scenes.reduce(0) { $0 + $1.content.urls.count } + elsewhere.values.reduce(0) { $0 + $1.count }
    }

    /// Takes what the stream says, and returns what a viewer is told of.
    mutating func apply(_ news: StreamNews, at moment: Moment) -> [Happening] {
        let told = happenings(of: news, moment)
        for happening in told { happenings.insert((moment, happening), at: 0) }
        if happenings.count > Self.memory { happenings.removeLast(happenings.count - Self.memory) }
        return told
    }

    private mutating func happenings(of news: StreamNews, _ moment: Moment) -> [Happening] {
        switch news {
        case .connecting:
            condition = .connecting
        case .opened:
            heardAt = moment
            condition = .catchingUp
        case .heartbeat:
            heardAt = moment
        case .lost(let why, let again):
            condition = .lost(again: again)
            return [.lost(why: why, again: again)]
        case .event(let event):
            heardAt = moment
            return happenings(of: event, moment)
        }
        return []
    }

    private mutating func happenings(of event: ProjectEvent, _ moment: Moment) -> [Happening] {
        switch event {
        case .snapshot(let snapshot, let revision):
            return replace(snapshot, revision, moment)
        case .scene(let scene, let revision):
            if let revision { note(revision, moment) }
            return take(scene, moment)
        case .ready(let revision):
            note(revision, moment)
            guard condition != .live else { return [] }
            condition = .live
            return [.live(images: imageCount, scenes: scenes.count)]
        case .stale(let since):
            condition = .stale(since: since)
            return [.stale(since: since)]
        case .deleted:
            condition = .ended(.deleted)
            return [.deleted]
        case .expired:
            condition = .ended(.expired)
            return [.expired]
        }
    }

    private mutating func note(_ revision: String, _ moment: Moment) {
        guard revision != self.revision else { return }
        // How old the first one is nobody has said.
        if self.revision != nil { changedAt = moment }
        self.revision = revision
    }

    private mutating func replace(
        _ snapshot: ProjectEvent.Snapshot, _ revision: String, _ moment: Moment
    ) -> [Happening] {
        let old = self
        let isNew = revision != self.revision
        note(revision, moment)
        title = snapshot.title
        scenes = snapshot.scenes.map { Scene(content: $0, lastArrival: old.known($0)?.lastArrival) }
        // A snapshot does not name what is elsewhere.
        elsewhere =
            hasSnapshot ? elsewhere.filter { number, _ in !scenes.contains { $0.content.number == number } } : [:]
        guard hasSnapshot else {
            hasSnapshot = true
            return []
        }
        var told: [Happening] = []
        for index in scenes.indices {
            let scene = scenes[index].content
            let before = old.known(scene)?.content.urls ?? scene.number.flatMap { old.elsewhere[$0] } ?? []
            told += compare(before, scene.urls, of: scene.number, at: [index], moment)
        }
        return told.isEmpty && isNew ? [.documentChanged] : told
    }

    private mutating func take(_ scene: ProjectEvent.Scene, _ moment: Moment) -> [Happening] {
        let places = scenes.indices.filter { index in
            scenes[index].content.positions.contains { scene.positions.contains($0) }
        }
        let before = places.first.map { scenes[$0].content.urls } ?? scene.number.flatMap { elsewhere[$0] } ?? []
        for place in places { scenes[place].content.urls = scene.urls }
        if places.isEmpty, let number = scene.number {
            elsewhere[number] = scene.urls.isEmpty ? nil : scene.urls
        }
        return compare(before, scene.urls, of: scene.number, at: places, moment)
    }

    private mutating func compare(
        _ before: [String], _ after: [String], of scene: Int32?, at places: [Int], _ moment: Moment
    ) -> [Happening] {
        var left = before.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let arrived = after.filter { url in
            guard let count = left[url], count > 0 else { return true }
            left[url] = count - 1
            return false
        }
        let gone = left.values.reduce(0, +)
        rate.count(arrived.count, at: moment)
        if !arrived.isEmpty {
            for place in places { scenes[place].lastArrival = moment }
        }
        return (gone > 0 ? [.left(scene: scene, count: gone)] : []) + arrived.map { .arrived(scene: scene, url: $0) }
    }

    /// The scene that was this one before, by its number, else by its position.
    private func known(_ scene: ProjectEvent.Scene) -> Scene? {
        scenes.first { old in
            scene.number == nil ? old.content.positions == scene.positions : old.content.number == scene.number
        }
    }
}
