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
    }

    private struct Page {
        var entries: [Entry] = []
        var newest: Int64?
    }

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

    /// The `imageUrls` of each scene, by its index.
    static func scenes(of document: JSONNode) -> [Int: Int] {
        var scenes: [Int: Int] = [:]
        for scene in document["scenes"]?.elements ?? [] {
            if let index = scene["index"]?.int, let urls = scene["imageUrls"] { scenes[index] = urls.text.hashOfBytes }
        }
        return scenes
    }
}
