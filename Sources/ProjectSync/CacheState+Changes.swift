extension CacheState {
    /// Returns how many pictures of each project had another one put in their place.
    mutating func apply(_ changes: [Change], rejected: Int, now: ContinuousClock.Instant) -> [ProjectID: Int] {
        overwritten = [:]
        var touched: [ProjectID: Set<Int32>] = [:]
        counts.rejected += rejected
        // What only a load can tell goes first: places may be told as they were after it, and to show them before would
        // show a state that never was.
        for change in changes where change.needsLoad { apply(change, &touched, now: now) }
        for change in changes where !change.needsLoad { apply(change, &touched, now: now) }
        for (id, scenes) in touched {
            guard let entry = entries[id] else { continue }
            guard !scenes.isEmpty else {
                entry.forgetWrittenAtUnlessBehind()
                continue
            }
            publish(scenes, of: entry)
            entry.trace.note(publication(of: entry, now: now))
            settle(entry)
        }
        return overwritten
    }

    private mutating func apply(
        _ change: Change, _ touched: inout [ProjectID: Set<Int32>], now: ContinuousClock.Instant
    ) {
        counts.notifications[change.operation, default: 0] += 1
        counts.rows[change.operation, default: 0] += change.rows
        if let id = change.project {
            guard let entry = entries[id] else { return }
            apply(change, to: entry, &touched, now: now)
        } else {
            for entry in entries.values { apply(change, to: entry, &touched, now: now) }
        }
    }

    private mutating func apply(
        _ change: Change, to entry: CacheEntry, _ touched: inout [ProjectID: Set<Int32>], now: ContinuousClock.Instant
    ) {
        entry.audit?.note(change)
        if entry.phase == .sent {
            entry.buffered.append(change)
            counts.buffered += 1
            if change.needsLoad { fallBehind(entry, now: now) }
        }
        // What is not vouched for is loaded before it is shown as live, and that load will see this change. (No copy of
        // the project here: a second reference would have it copied by the first edit.)
        guard isVouched(entry) else { return entry.trace.note(change, .awaitsLoad, now: now) }
        guard entry.project?.holds(change) == false else {
            counts.skipped += 1
            return entry.trace.note(change, .held, now: now)
        }
        // After a change that only a load brings, applying the next one would show a state that never was.
        guard entry.behindSince == nil || change.needsLoad else {
            return entry.trace.note(change, .awaitsLoad, now: now)
        }
        counts.applied += 1
        entry.note(writtenAt: change.statementTime_microseconds)
        switch change.effect {
        case .images(let set, let gone, let lost):
            let before = entry.project?.overwritten ?? 0
            guard let scenes = entry.project?.apply(set: set, gone: gone, lost: lost, n: change.n, xid: change.xid)
            else { return }
            let after = entry.project?.overwritten ?? 0
            if after > before { overwritten[entry.id, default: 0] += after - before }
            entry.trace.note(change, scenes.isEmpty ? .unchanged : .applied, now: now)
            undecided.insert(entry.id)
            touched[entry.id, default: []].formUnion(scenes)
        case .rereadScenes, .reload:
            entry.trace.note(change, .awaitsLoad, now: now)
            fallBehind(entry, now: now)
            if entry.phase == .none { requestLoad(entry) }
        }
    }

    /// A change is known that only a load brings. It was committed before it arrived, and after what is proven.
    private func fallBehind(_ entry: CacheEntry, now: ContinuousClock.Instant) {
        if entry.behindSince == nil { entry.behindSince = min(provenAt ?? now, now) }
    }

    /// Tells subscribers the new state of some scenes: one event each, one batch.
    mutating func publish(_ scenes: Set<Int32>, of entry: CacheEntry) {
        guard let project = entry.project else { return }
        guard !scenes.contains(where: project.isOnFallback) else { return publishSnapshot(of: entry) }
        let writtenAt = entry.takeWrittenAt()
        let events = scenes.sorted().map { SceneEvent(scene: $0, of: project) }
        entry.forgetEncoded()
        entry.log?.append(
            events, revision: project.revision, limits: history, document_bytes: project.document.size_bytes)
        guard entry.watchers > 0 else { return }
        audience.publish(
            .scenes(events, project.revision, position: entry.log?.head ?? 0), of: entry.id,
            writtenAt_microseconds: writtenAt, handout: entry.beginHandout())
    }

    func publication(of entry: CacheEntry, now: ContinuousClock.Instant) -> TracedChange.Publication {
        TracedChange.Publication(
            position: entry.log?.head ?? 0, subscribers: entry.watchers, at: now, handout: entry.takeHandout())
    }

    mutating func publishSnapshot(of entry: CacheEntry) {
        guard let project = entry.project else { return }
        let writtenAt = entry.takeWrittenAt()
        entry.forgetEncoded()
        entry.log?.append(nil, revision: project.revision, limits: history, document_bytes: project.document.size_bytes)
        guard entry.watchers > 0, let body = entry.encoded() else { return }
        audience.publish(
            .snapshot(body, position: entry.log?.head ?? 0), of: entry.id, writtenAt_microseconds: writtenAt,
            handout: entry.beginHandout())
    }
}
