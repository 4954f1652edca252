extension CacheState {
    mutating func takeAudits(now: ContinuousClock.Instant) -> AuditBatch? {
        guard status == .live else { return nil }
        let listed = entries
        let due = schedule.next(now: now) { id, ticket in
            listed[id].flatMap { $0.ticket == ticket ? $0.accounted_bytes : nil }
        }
        auditBatch += 1
        var taken: [AuditBatch.Question] = []
        for id in due {
            guard let entry = entries[id] else { continue }
            entry.ticket = nil
            // Whatever is loaded next is listed then.
            if entry.project == nil { continue }
            if isVouched(entry), entry.phase == .none, entry.behindSince == nil {
                entry.audit = Audit(batch: auditBatch, known: entry.known)
                auditing.insert(id)
                taken.append(AuditBatch.Question(project: id, known: entry.known?.fingerprint))
            } else {
                // What is not vouched for is not compared but loaded, and so it is as well.
                if entry.phase == .none { requestLoad(entry) }
                list(entry, now: now)
            }
        }
        if due.isEmpty { return nil }
        return AuditBatch(questions: taken, number: auditBatch)
    }

    mutating func complete(_ batch: AuditBatch, _ compared: [ComparedProject], now: ContinuousClock.Instant) {
        for result in compared {
            guard let entry = entries[result.id], entry.audit?.batch == batch.number else { continue }
            if case .loaded(let project) = result.finding {
                counts.auditLoads += 1
                entry.known = project.map { KnownContents(fingerprint: result.fingerprint, revision: $0.revision) }
            }
            entry.audit?.complete(result)
            judge(entry, applied: nil, now: now)
        }
    }

    mutating func fail(_ batch: AuditBatch, now: ContinuousClock.Instant) {
        for question in batch.questions {
            guard let entry = entries[question.project], let audit = entry.audit, audit.batch == batch.number,
                audit.awaitsAnswer
            else { continue }
            end(entry, now: now)
        }
    }

    mutating func judgeAudits(applied: TransactionSnapshot, now: ContinuousClock.Instant) {
        for id in auditing {
            if let entry = entries[id], entry.audit != nil {
                judge(entry, applied: applied, now: now)
            } else {
                auditing.remove(id)
            }
        }
    }

    /// Puts the entry in the line of those to be compared.
    mutating func list(_ entry: CacheEntry, now: ContinuousClock.Instant) {
        entry.ticket = schedule.add(entry.id, now: now)
    }

    /// Since when the project that has not been compared or loaded for the longest time has not been.
    var oldestCheck: ContinuousClock.Instant? {
        entries.values.lazy.compactMap(\.checkedAt).min()
    }

    func audit(of id: ProjectID) -> ProjectAudit? {
        entries[id].flatMap { $0.project == nil ? nil : ProjectAudit(last: $0.checkedAt, divergences: $0.divergences) }
    }

    mutating func takeDivergences() -> [Divergence] {
        defer { divergences = [] }
        return divergences
    }

    private mutating func judge(_ entry: CacheEntry, applied: TransactionSnapshot?, now: ContinuousClock.Instant) {
        // Nothing can be compared with a state that is not vouched for, or that is known to be behind.
        guard let audit = entry.audit, let cached = entry.project, isVouched(entry), entry.behindSince == nil else {
            return end(entry, now: now)
        }
        switch audit.verdict(cached, applied: applied) {
        case .open:
            break
        case .void:
            end(entry, now: now)
        case .unsettled:
            entry.known = nil
            entry.ticket = schedule.addFirst(entry.id, now: now)
            end(entry, now: now)
        case .equal:
            counts.audits += 1
            entry.checkedAt = now
            end(entry, now: now)
        case .different(let stored):
            counts.audits += 1
            counts.divergences += 1
            entry.divergences += 1
            if divergences.count < Self.mostDivergencesKept { divergences.append(Divergence(cached, stored)) }
            repair(entry, with: stored, now: now)
        }
    }

    private mutating func repair(_ entry: CacheEntry, with stored: Project?, now: ContinuousClock.Instant) {
        end(entry, now: now)
        if let stored {
            undecided.insert(entry.id)
            replace(entry, with: stored, cause: .repair, now: now)
        } else {
            vanish(entry, LoadWaiters())
        }
        settle(entry)
    }

    private mutating func end(_ entry: CacheEntry, now: ContinuousClock.Instant) {
        entry.audit = nil
        auditing.remove(entry.id)
        if entry.ticket == nil { list(entry, now: now) }
    }
}

/// Comparisons with the database to be sent together.
package struct AuditBatch: Sendable {
    package struct Question: Sendable {
        package let project: ProjectID
        /// The fingerprint of what is known; nil if nothing is.
        package let known: String?
    }

    package let questions: [Question]
    let number: UInt64

    /// The comparison of one of its projects by itself.
    package func only(_ question: Question) -> AuditBatch {
        AuditBatch(questions: [question], number: number)
    }
}

/// What the audit has found of a project that is in memory.
package struct ProjectAudit: Sendable {
    /// When it was last loaded or compared; nil: it has never been.
    package let last: ContinuousClock.Instant?
    package let divergences: Int

    package init(last: ContinuousClock.Instant?, divergences: Int) {
        self.last = last
        self.divergences = divergences
    }
}
