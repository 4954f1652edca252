extension CacheState {
    mutating func watch(_ id: ProjectID, _ request: StreamRequest, _ watcher: any Watcher) {
        let entry = entry(id)
        entry.watchers += 1
        if let opening = opening(entry, request) {
            watcher.begin(opening)
            return settle(entry)
        }
        if let staleSince { watcher.wait(staleSince: staleSince) }
        ask(entry, afterNow: request.lastEventID != nil || request.token != nil) { $0.add(watcher, request) }
    }

    mutating func unwatch(_ id: ProjectID, _ watcher: (any Watcher)?) {
        guard let entry = entries[id] else { return }
        entry.watchers -= 1
        if let watcher {
            entry.waiting.remove(watcher)
            entry.waitingForNext.remove(watcher)
        }
        settle(entry)
    }

    mutating func backlog(_ id: ProjectID, since position: UInt64?, _ request: StreamRequest) -> Opening? {
        guard let entry = entries[id], let project = entry.project, let log = entry.log else { return nil }
        var frames: [Frame] = []
        if let gap = position.map({ log.gap(since: $0) }) ?? .snapshot {
            if position != nil { counts.coalesced += 1 }
            if let frame = frame(for: gap, entry, project, request, limit_bytes: 64 << 10) { frames.append(frame) }
        }
        return Opening(
            staleSince: nil, frames: frames, position: log.head, isLive: true, revision: project.revision)
    }

    /// The first frames of a stream, if they can be told from what is here: a client whose last event id is
    /// unknown waits for a load, and so does everybody where the state is not vouched for but could be.
    private func opening(_ entry: CacheEntry, _ request: StreamRequest) -> Opening? {
        guard let project = entry.project, isVouched(entry) || isLost, contains(request.token, entry) else {
            return nil
        }
        if request.lastEventID == nil { return entry.encoded().map { opening(entry, project, [.snapshot($0)]) } }
        return resumption(entry, project, request)
    }

    /// The first frames of a stream that waited for this state.
    func openingAfterLoad(_ entry: CacheEntry, _ request: StreamRequest) -> Opening? {
        guard let project = entry.project else { return nil }
        return resumption(entry, project, request) ?? entry.encoded().map { opening(entry, project, [.snapshot($0)]) }
    }

    /// What the bearer of a last event id has missed; nil if the log does not reach back to it.
    private func resumption(_ entry: CacheEntry, _ project: Project, _ request: StreamRequest) -> Opening? {
        guard let revision = request.lastEventID.flatMap({ Revision($0) }), let log = entry.log,
            let position = log.position(of: revision)
        else { return nil }
        let missed = log.gap(since: position).flatMap { resumption(since: position, $0, entry, project, request) }
        return opening(entry, project, missed.map { [$0] } ?? [])
    }

    /// Many come back from one place at once, as after a proxy's restart: they share one frame.
    private func resumption(
        since position: UInt64, _ gap: EventLog.Gap, _ entry: CacheEntry, _ project: Project, _ request: StreamRequest
    ) -> Frame? {
        guard request.scenes == nil, case .scenes = gap else {
            return frame(for: gap, entry, project, request, limit_bytes: .max)
        }
        if let kept = entry.resumption, kept.from == position { return kept.frame }
        let frame = frame(for: gap, entry, project, request, limit_bytes: .max)
        entry.resumption = frame.map { (position, $0) }
        return frame
    }

    private func opening(_ entry: CacheEntry, _ project: Project, _ frames: [Frame]) -> Opening {
        var since: String?
        if case .stale(let instant, _) = status { since = instant }
        return Opening(
            staleSince: since, frames: frames, position: entry.log?.head ?? 0, isLive: isVouched(entry),
            revision: project.revision)
    }

    private func frame(
        for gap: EventLog.Gap, _ entry: CacheEntry, _ project: Project, _ request: StreamRequest, limit_bytes: Int
    ) -> Frame? {
        if case .scenes(let events) = gap {
            let wanted = events.filter(request.wants)
            if wanted.isEmpty { return nil }
            if wanted.reduce(0, { $0 + $1.size_bytes }) <= limit_bytes {
                return .scenes(wanted, of: entry.id, revision: project.revision)
            }
        }
        return entry.encoded().map { .snapshot($0) }
    }
}
