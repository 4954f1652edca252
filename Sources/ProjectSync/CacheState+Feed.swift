extension CacheState {
    mutating func feedIsLive() {
        guard status != .live else { return }
        counts.resyncs += 1
        status = .live
        for entry in entries.values {
            if entry.phase == .none && entry.watchers > 0 { requestLoad(entry) }
        }
        signal.yield()
    }

    mutating func feedIsLost(since: String, reason: String) {
        let wasLost = isLost
        let resynced = status == .live
        status = .stale(since: wasLost ? staleSince ?? since : since, reason: reason)
        guard !wasLost else { return }
        if resynced { counts.losses += 1 }
        epoch += 1
        queue = []
        for entry in entries.values where entry.phase != .none {
            refuseReaders(of: entry, reason: reason)
            restart(entry)
        }
        for entry in entries.values { entry.behindSince = nil }
        for entry in entries.values where !entry.waiting.isEmpty {
            for case .watcher(let watcher, _) in entry.waiting { watcher.wait(staleSince: since) }
        }
        audience.announceStale(since: since)
    }

    private var staleSince: String? {
        if case .stale(let since, _) = status { since } else { nil }
    }
}
