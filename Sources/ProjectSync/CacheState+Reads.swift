extension CacheState {
    mutating func warm(_ id: ProjectID) -> Answer? {
        guard let entry = entries[id], entry.project != nil, isVouched(entry) || isLost, let body = entry.encoded()
        else {
            return nil
        }
        counts.hits += 1
        settle(entry)
        return answer(entry, body, .hit)
    }

    mutating func read(
        _ id: ProjectID, fresh: Bool, now: ContinuousClock.Instant,
        _ continuation: CheckedContinuation<ReadOutcome, Never>
    ) {
        if !fresh, let answer = warm(id) {
            return continuation.resume(returning: .found(answer))
        }
        if case .stale(_, let reason) = status {
            return continuation.resume(returning: .unavailable(reason: reason))
        }
        counts.misses += 1
        ask(entry(id), for: .reader(continuation, fresh ? .request : .miss, since: now), afterNow: fresh)
    }

    func answer(_ entry: CacheEntry, _ body: ProjectBody, _ source: Answer.Source) -> Answer {
        let proven = entry.behindSince.map { min($0, provenAt ?? $0) } ?? provenAt
        return Answer(body: body, source: source, isStale: !isVouched(entry), provenAt: proven)
    }
}
