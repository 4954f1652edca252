/// The sessions that have written lately, by the pids of their server processes.
struct WriterSessions {
    /// More are not counted.
    let limit: Int
    private var seen: [Int32: Int] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    mutating func note(_ pid: Int32, second: Int) {
        if seen[pid] == nil, seen.count >= limit {
            seen = seen.filter { $0.value > second - 60 }
            guard seen.count < limit else { return }
        }
        seen[pid] = second
    }

    func count(since second: Int) -> Int {
        seen.values.count { $0 > second }
    }
}
