extension CacheState {
    mutating func feedIsLive() {
        guard status != .live else { return }
        status = .live
        revalidate()
    }

    /// Everything is loaded anew: what is watched now, the rest when it is next asked for. A load that was sent before
    /// may not see what was not announced.
    mutating func revalidate() {
        counts.resyncs += 1
        for entry in entries.values { keepAge(of: entry) }
        epoch += 1
        for entry in entries.values {
            if entry.phase == .sent {
                restart(entry)
            } else if entry.phase == .none && entry.watchers > 0 {
                requestLoad(entry)
            }
        }
        signal.yield()
    }

    mutating func feedIsUnsafe(since: String, reason: String) {
        let (wasLive, wasUnsafe, toldSince) = (status == .live, isUnsafe, staleSince)
        for entry in entries.values { keepAge(of: entry) }
        status = .unsafe(since: toldSince ?? since, reason: reason)
        guard !wasUnsafe else { return }
        for entry in entries.values {
            if toldSince == nil { tellStale(entry, since: since) }
            if entry.phase == .none && entry.watchers > 0 { requestLoad(entry) }
        }
        if wasLive { audience.announceStale(since: since) }
        signal.yield()
    }

    mutating func renewUnsafe() {
        guard isUnsafe else { return }
        for entry in entries.values where entry.phase == .none && entry.watchers > 0 { requestLoad(entry) }
    }

    mutating func follow(cluster: UInt64) {
        self.cluster = cluster
        applied = nil
    }

    mutating func forgetDecisions(seenBy snapshot: TransactionSnapshot, hasAll: Bool) {
        if hasAll { applied = snapshot }
        undecided = undecided.filter { id in
            guard let entry = entries[id], let isLeft = entry.project?.forgetDecisions(seenBy: snapshot) else {
                return false
            }
            settle(entry)
            return isLeft
        }
    }

    mutating func feedIsLost(since: String, reason: String) {
        let wasLost = isLost
        let resynced = status == .live
        for entry in entries.values { keepAge(of: entry) }
        status = .stale(since: staleSince ?? since, reason: reason)
        guard !wasLost else { return }
        if resynced { counts.losses += 1 }
        epoch += 1
        queue = []
        for entry in entries.values where entry.phase != .none {
            refuseReaders(of: entry, reason: reason)
            restart(entry)
        }
        for entry in entries.values { tellStale(entry, since: since) }
        audience.announceStale(since: since)
    }

    /// Since when streams have been told that what they see may lag.
    var staleSince: String? {
        switch status {
        case .stale(let since, _), .unsafe(let since, _): since
        case .connecting, .live: nil
        }
    }

    /// Streams that have not begun wait for a load that may take long.
    private func tellStale(_ entry: CacheEntry, since: String) {
        for waiters in [entry.waiting, entry.waitingForNext] {
            for stream in waiters.streams { stream.watcher.wait(staleSince: since) }
        }
    }
}
