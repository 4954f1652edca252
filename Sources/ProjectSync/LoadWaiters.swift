/// A read that a load will answer.
struct LoadReader {
    let continuation: CheckedContinuation<ReadOutcome, Never>
    let source: Answer.Source
    let since: ContinuousClock.Instant
}

/// Those whom a load will answer. Streams may be many, and leave while they wait.
struct LoadWaiters {
    private(set) var readers: [LoadReader] = []
    private var watchers: [ObjectIdentifier: (watcher: any Watcher, request: StreamRequest)] = [:]

    var isEmpty: Bool { readers.isEmpty && watchers.isEmpty }

    var streams: some Collection<(watcher: any Watcher, request: StreamRequest)> { watchers.values }

    mutating func add(_ reader: LoadReader) {
        readers.append(reader)
    }

    mutating func add(_ watcher: any Watcher, _ request: StreamRequest) {
        watchers[ObjectIdentifier(watcher)] = (watcher, request)
    }

    mutating func add(_ others: LoadWaiters) {
        readers += others.readers
        watchers.merge(others.watchers) { $1 }
    }

    mutating func remove(_ watcher: any Watcher) {
        watchers[ObjectIdentifier(watcher)] = nil
    }

    /// Those who began to wait before `instant`, or all of them.
    mutating func takeReaders(since instant: ContinuousClock.Instant? = nil) -> [LoadReader] {
        let isTaken = { (reader: LoadReader) in instant.map { reader.since < $0 } ?? true }
        defer { readers.removeAll(where: isTaken) }
        return readers.filter(isTaken)
    }

    mutating func takeAll() -> LoadWaiters {
        defer { self = LoadWaiters() }
        return self
    }
}
