import Synchronization

/// The states that projects with a single writer had, one for each statement of a committed transaction, in their
/// order: nobody may ever see another one, nor one before one that he has seen.
final class StormLedger: Sendable {
    /// A state, and the number that puts it in order.
    struct Entry: Sendable {
        let order: Int64
        let whole: Int
        let scenes: [Int: Int]

        init(order: Int64, text: String) {
            self.order = order
            whole = text.hashOfBytes
            scenes = (try? JSONReader.read(text)).map(StormLedger.scenes) ?? [:]
        }

        private init(_ other: Entry, order: Int64) {
            (self.order, whole, scenes) = (order, other.whole, other.scenes)
        }

        /// The same state, before all others.
        var asFirst: Entry { Entry(self, order: .min) }
    }

    private struct Page {
        var entries: [Entry] = []
        var newest: Int64?
        /// When a state was known to be committed; the last minute's.
        var commits: [(order: Int64, at: ContinuousClock.Instant)] = []
    }

    /// Longer than any answer's age.
    private static let remembered = Duration.seconds(90)

    private let pages: Mutex<[String: Page]>

    init(projects: [String]) {
        pages = Mutex(Dictionary(uniqueKeysWithValues: projects.map { ($0, Page()) }))
    }

    func follows(_ project: String) -> Bool {
        pages.withLock { $0[project] != nil }
    }

    /// What nobody knows to be committed may be seen, and need not be.
    func add(_ new: [Entry], to project: String, isCertain: Bool = true) {
        pages.withLock { pages in
            guard var page = pages[project] else { return }
            page.entries += new
            if isCertain {
                page.newest = new.map(\.order).reduce(page.newest) { max($0 ?? $1, $1) }
                let now = ContinuousClock.now
                if let newest = page.newest { page.commits.append((newest, now)) }
                if let first = page.commits.first, now - first.at > Self.remembered * 2 {
                    page.commits.removeAll { now - $0.at > Self.remembered }
                }
            }
            pages[project] = page
        }
    }

    /// To be asked while nobody writes.
    func states(of project: String) -> [Entry] {
        pages.withLock { pages in
            pages[project]?.entries.sort { $0.order < $1.order }
            return pages[project]?.entries ?? []
        }
    }

    /// The order of the newest state that is known to be committed.
    func newest(of project: String) -> Int64? {
        pages.withLock { $0[project]?.newest }
    }

    /// The order of the newest state that was known to be committed at that time.
    func newest(of project: String, at time: ContinuousClock.Instant) -> Int64? {
        pages.withLock { $0[project]?.commits.last { $0.at <= time }?.order }
    }

    /// The database becomes an older one: what was committed is not any more. Until that is noticed the last states may
    /// still be seen.
    func forget(allBut last: [String: [Entry]]) {
        pages.withLock { pages in
            for project in pages.keys { pages[project] = Page(entries: last[project, default: []].map(\.asFirst)) }
        }
    }

    /// The `imageUrls` of each scene, by its index.
    static func scenes(of document: JSONNode) -> [Int: Int] {
        var scenes: [Int: Int] = [:]
        for scene in document["scenes"]?.elements ?? [] {
            if let index = scene["index"]?.int, let urls = scene["imageUrls"] { scenes[index] = urls.text.hashOfBytes }
        }
        return scenes
    }
}
