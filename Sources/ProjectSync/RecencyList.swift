/// The entries that may be evicted, least recently used first.
struct RecencyList {
    private(set) var oldest: CacheEntry?
    private var newest: CacheEntry?

    mutating func touch(_ entry: CacheEntry) {
        guard newest !== entry else { return }
        remove(entry)
        entry.older = newest
        newest?.newer = entry
        newest = entry
        if oldest == nil { oldest = entry }
        entry.isLinked = true
    }

    mutating func remove(_ entry: CacheEntry) {
        guard entry.isLinked else { return }
        let (older, newer) = (entry.older, entry.newer)
        entry.older = nil
        entry.newer = nil
        entry.isLinked = false
        newer?.older = older
        if let older { older.newer = newer } else { oldest = newer }
        if newer == nil { newest = older }
    }
}
