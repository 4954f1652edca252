extension CacheState {
    mutating func warm(_ id: ProjectID, after token: SyncToken?) -> Answer? {
        guard let entry = entries[id], entry.project != nil, isVouched(entry) || isLost, contains(token, entry),
            let body = entry.encoded()
        else {
            return nil
        }
        counts.hits += 1
        // Its body is made by who reads it first, and compressed by who first wants it so, outside of the lock.
        if body.size_bytes == entry.accountedBody_bytes { use(entry) } else { settle(entry) }
        return answer(entry, body, .hit)
    }

    mutating func read(
        _ id: ProjectID, fresh: Bool, after token: SyncToken?, now: ContinuousClock.Instant,
        _ continuation: CheckedContinuation<ReadOutcome, Never>
    ) {
        if !fresh, let answer = warm(id, after: token) {
            return continuation.resume(returning: .found(answer))
        }
        if case .stale(_, let reason) = status {
            return continuation.resume(returning: .unavailable(reason: reason))
        }
        counts.misses += 1
        let source: Answer.Source = fresh || token != nil ? .request : isUnsafe ? .bypass : .miss
        let reader = LoadReader(continuation: continuation, source: source, since: now)
        ask(entry(id), afterNow: source != .miss) { $0.add(reader) }
    }

    func answer(_ entry: CacheEntry, _ body: ProjectBody, _ source: Answer.Source) -> Answer {
        let isKept = isVouched(entry)
        return Answer(
            body: body, source: source == .bypass && isKept ? .miss : source, isStale: !isKept && !isUnsafe,
            isUnsafe: !isKept && isUnsafe, provenAt: lastKnownTrue(entry))
    }
}
