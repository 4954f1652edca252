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
            whole = text.hashValue
            scenes = (try? JSONReader.read(text)).map(StormLedger.scenes) ?? [:]
        }
    }

    private let entries: Mutex<[String: [Entry]]>

    init(projects: [String]) {
        entries = Mutex(Dictionary(uniqueKeysWithValues: projects.map { ($0, []) }))
    }

    func follows(_ project: String) -> Bool {
        entries.withLock { $0[project] != nil }
    }

    func add(_ new: [Entry], to project: String) {
        entries.withLock { $0[project]?.append(contentsOf: new) }
    }

    /// To be asked while nobody writes.
    func states(of project: String) -> [Entry] {
        entries.withLock { entries in
            entries[project]?.sort { $0.order < $1.order }
            return entries[project] ?? []
        }
    }

    /// The `imageUrls` of each scene, by its index.
    static func scenes(of document: JSONNode) -> [Int: Int] {
        var scenes: [Int: Int] = [:]
        for scene in document["scenes"]?.elements ?? [] {
            if let index = scene["index"]?.int, let urls = scene["imageUrls"] { scenes[index] = urls.text.hashValue }
        }
        return scenes
    }
}
