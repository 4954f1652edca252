/// What was wanted of late, within bounds: what is wanted again stays, and the rest goes half by half.
struct RecentMemory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let size_bytes: Int
    }

    private let most_bytes: Int
    private var newer: [Key: Entry] = [:]
    private var newer_bytes = 0
    private var older: [Key: Entry] = [:]

    init(most_bytes: Int) {
        self.most_bytes = most_bytes
    }

    mutating func find(_ key: Key) -> Value? {
        if let entry = newer[key] { return entry.value }
        guard let entry = older[key] else { return nil }
        keep(entry, key)
        return entry.value
    }

    /// `size_bytes` is what the key and the value take, about.
    mutating func keep(_ value: Value, for key: Key, size_bytes: Int) {
        keep(Entry(value: value, size_bytes: size_bytes), key)
    }

    mutating func forgetAll() {
        self = RecentMemory(most_bytes: most_bytes)
    }

    private mutating func keep(_ entry: Entry, _ key: Key) {
        if newer_bytes >= most_bytes / 2 { (older, newer, newer_bytes) = (newer, [:], 0) }
        if newer.updateValue(entry, forKey: key) == nil { newer_bytes += entry.size_bytes }
    }
}
