extension CacheState {
    /// Adds somebody to those who wait for the entry's next load; `afterNow`: for one that has not been sent yet.
    mutating func ask(_ entry: CacheEntry, afterNow: Bool, _ add: (inout LoadWaiters) -> Void) {
        if entry.phase == .sent && afterNow {
            add(&entry.waitingForNext)
        } else {
            add(&entry.waiting)
            if entry.phase == .none { requestLoad(entry) }
        }
    }

    mutating func requestLoad(_ entry: CacheEntry) {
        entry.phase = .queued
        queue.append(entry.id)
        signal.yield()
        settle(entry)
    }

    mutating func takeLoads(atMost limit: Int) -> LoadBatch? {
        guard status == .live || isUnsafe, !queue.isEmpty else { return nil }
        lastLoad += 1
        var taken: [ProjectID] = []
        var (seen, left_bytes) = (0, Self.load_bytes)
        for id in queue.prefix(limit) where left_bytes > 0 {
            seen += 1
            guard let entry = entries[id], entry.phase == .queued else { continue }
            entry.phase = .sent
            entry.load = lastLoad
            entry.buffered = []
            entry.provenWhenSent = provenAt
            left_bytes -= entry.project?.size_bytes ?? usual_bytes
            taken.append(id)
        }
        queue.removeFirst(seen)
        if !queue.isEmpty { signal.yield() }
        counts.loads += taken.count
        if !taken.isEmpty { counts.loadQueries += 1 }
        return LoadBatch(projects: taken, epoch: epoch, number: lastLoad)
    }

    mutating func complete(_ batch: LoadBatch, _ loaded: [LoadedProject], now: ContinuousClock.Instant) {
        guard batch.epoch == epoch else { return }
        let sizes = loaded.compactMap(\.project?.size_bytes)
        if !sizes.isEmpty { usual_bytes = sizes.reduce(0, +) / sizes.count }
        for result in loaded {
            guard let entry = entries[result.id], entry.phase == .sent, entry.load == batch.number else { continue }
            complete(entry, result, now: now)
        }
    }

    mutating func fail(_ batch: LoadBatch, reason: String) {
        guard batch.epoch == epoch else { return }
        for id in batch.projects {
            guard let entry = entries[id], entry.phase == .sent, entry.load == batch.number else { continue }
            refuseReaders(of: entry, reason: reason)
            restart(entry)
        }
    }

    /// Readers do not wait for a database that is away; streams do.
    mutating func refuseReaders(of entry: CacheEntry, reason: String) {
        for reader in entry.waiting.takeReaders() + entry.waitingForNext.takeReaders() {
            reader.continuation.resume(returning: .unavailable(reason: reason))
        }
    }

    mutating func refuseReaders(whoWaitSince instant: ContinuousClock.Instant) {
        for entry in entries.values where entry.phase != .none {
            for reader in entry.waiting.takeReaders(since: instant) + entry.waitingForNext.takeReaders(since: instant) {
                reader.continuation.resume(returning: .unavailable(reason: "The database has not answered in time."))
            }
        }
    }

    /// Asks anew for a load that was in vain, if anybody still needs it.
    mutating func restart(_ entry: CacheEntry) {
        entry.phase = .none
        entry.buffered = []
        // Whatever is sent from now on is sent after all of them have asked.
        entry.waiting.add(entry.waitingForNext.takeAll())
        if entry.watchers > 0 || !entry.waiting.isEmpty {
            requestLoad(entry)
        } else {
            keepAge(of: entry)
            entry.epoch = 0
            settle(entry)
        }
    }

    private mutating func complete(_ entry: CacheEntry, _ result: LoadedProject, now: ContinuousClock.Instant) {
        // While the feed is not safe, something between the load and these changes may not have been announced.
        let missed = isUnsafe ? [] : entry.buffered.filter { !result.snapshot.sees($0.xid) }
        counts.skipped += entry.buffered.count - missed.count
        entry.buffered = []
        entry.phase = .none
        // Up to there it can be brought: what was shown meanwhile had as much, and is not to be followed by less.
        let known = missed.prefix { !$0.needsLoad && result.project != nil }
        let mustReread = known.count < missed.count
        if !mustReread { entry.behindSince = nil }
        let waiting = entry.waiting
        entry.waiting = entry.waitingForNext.takeAll()
        if var project = result.project {
            // It has all that was committed before it was sent, however much has come since.
            if mustReread, let sent = entry.provenWhenSent, let since = entry.behindSince {
                entry.behindSince = max(since, sent)
            }
            for change in known {
                guard case .images(let set, let gone, let lost) = change.effect else { continue }
                _ = project.apply(set: set, gone: gone, lost: lost, n: change.n, xid: change.xid)
                undecided.insert(entry.id)
            }
            replace(entry, with: project, now: now)
            answer(waiting, from: entry)
            if isUnsafe && entry.watchers == 0 { entry.project = nil }
        } else if mustReread {
            entry.waiting.add(waiting)
        } else {
            vanish(entry, waiting)
        }
        if mustReread || !entry.waiting.isEmpty {
            requestLoad(entry)
        } else {
            settle(entry)
        }
    }

    mutating func replace(
        _ entry: CacheEntry, with project: Project, cause: TracedLoad.Cause = .load, now: ContinuousClock.Instant
    ) {
        let old = entry.project
        let wasVouched = isVouched(entry)
        entry.project = project
        // A comparison that is under way was with what is no more.
        entry.audit = nil
        entry.checkedAt = now
        if entry.ticket == nil { list(entry, now: now) }
        entry.epoch = isUnsafe ? 0 : epoch
        // Such a load has what was committed before it was sent, and no more.
        entry.vouchedUntil = entry.provenWhenSent
        if let old {
            if let scenes = project.differences(from: old), !isUnsafe || scenes.isEmpty {
                if !scenes.isEmpty { publish(scenes, of: entry) }
            } else {
                publishSnapshot(of: entry)
            }
        } else {
            entry.log = EventLog(project.revision)
            entry.forgetEncoded()
        }
        entry.forgetWrittenAtUnlessBehind()
        let isNews = old.map { $0.revision != project.revision } ?? false
        entry.trace.note(
            TracedLoad(
                cause: cause, snapshot: project.snapshot, at: now,
                publication: isNews ? publication(of: entry, now: now) : nil))
        if !wasVouched && isVouched(entry) && entry.watchers > 0 {
            audience.publish(
                .ready(project.revision, position: entry.log?.head ?? 0), of: entry.id, writtenAt_microseconds: nil,
                handout: nil)
        }
    }

    mutating func vanish(_ entry: CacheEntry, _ waiting: LoadWaiters) {
        entry.project = nil
        entry.log = nil
        entry.forgetEncoded()
        entry.checkedAt = nil
        audience.publish(.deleted, of: entry.id, writtenAt_microseconds: entry.takeWrittenAt(), handout: nil)
        for reader in waiting.readers { reader.continuation.resume(returning: .unknown) }
        for stream in waiting.streams { stream.watcher.endUnknown() }
    }

    private mutating func answer(_ waiting: LoadWaiters, from entry: CacheEntry) {
        guard !waiting.isEmpty, let body = entry.encoded() else { return }
        for reader in waiting.readers {
            reader.continuation.resume(returning: .found(answer(entry, body, reader.source)))
        }
        for stream in waiting.streams {
            if let opening = openingAfterLoad(entry, stream.request) { stream.watcher.begin(opening) }
        }
    }
}
