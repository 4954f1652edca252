/// What the cache's lock guards: the entries and what the feed vouches for.
struct CacheState {
    static let mostDivergencesKept = 100
    /// What the projects of one load may be together, as far as that is known before.
    static let load_bytes = 16 << 20
    let capacity_bytes: Int
    let history: EventLog.Limits
    let audience: any Audience
    let signal: LoadSignal
    var status = FeedStatus.connecting
    var epoch: UInt64 = 1
    /// The number of the last batch of loads.
    var lastLoad: UInt64 = 0
    var provenAt: ContinuousClock.Instant?
    /// Whose transactions the feed follows; nil before it was ever known.
    var cluster: UInt64?
    /// What this sees has been applied to every project that is vouched for.
    var applied: TransactionSnapshot?
    var counts = CacheCounts()
    var doorbell = DoorbellReport()
    var entries: [ProjectID: CacheEntry] = [:]
    var queue: [ProjectID] = []
    /// How large those of the last load were on the average: so large may be what is not in memory.
    var usual_bytes = 256 << 10
    /// Projects that remember which changes decided their places.
    var undecided: Set<ProjectID> = []
    /// How many pictures of each project the changes under way have put another one in the place of.
    var overwritten: [ProjectID: Int] = [:]
    var schedule: AuditSchedule
    /// Projects that are being compared with the database.
    var auditing: Set<ProjectID> = []
    var auditBatch: UInt64 = 0
    /// Those that nobody has taken note of yet.
    var divergences: [Divergence] = []
    var recency = RecencyList()
    var size_bytes = 0

    init(
        capacity_bytes: Int, history: EventLog.Limits, auditInterval: Duration, audience: any Audience,
        signal: LoadSignal
    ) {
        self.capacity_bytes = capacity_bytes
        self.history = history
        schedule = AuditSchedule(interval: auditInterval)
        self.audience = audience
        self.signal = signal
    }

    var isLost: Bool {
        if case .stale = status { true } else { false }
    }

    var isUnsafe: Bool {
        if case .unsafe = status { true } else { false }
    }

    var overview: CacheOverview {
        CacheOverview(
            status: status, provenAt: provenAt,
            outstanding: entries.values.count { $0.watchers > 0 && $0.project != nil && !isVouched($0) },
            size_bytes: size_bytes,
            counts: counts, doorbell: doorbell, oldestCheck: oldestCheck,
            projects: entries.values.filter { $0.project != nil }.map { ($0.id, $0.watchers) })
    }

    /// Whether the entry's state is known to follow the database.
    func isVouched(_ entry: CacheEntry) -> Bool {
        entry.project != nil && entry.epoch == epoch && status == .live
    }

    /// When the entry's state was last known to be the database's.
    func lastKnownTrue(_ entry: CacheEntry) -> ContinuousClock.Instant? {
        guard isVouched(entry) else { return entry.vouchedUntil }
        return entry.behindSince.map { min($0, provenAt ?? $0) } ?? provenAt
    }

    /// To be called before an entry is vouched for no more. What the feed hears from then on says nothing of it.
    func keepAge(of entry: CacheEntry) {
        if isVouched(entry) { entry.vouchedUntil = lastKnownTrue(entry) }
    }

    /// Whether the entry's state is known to have the write that `token` stands for.
    func contains(_ token: SyncToken?, _ entry: CacheEntry) -> Bool {
        guard let token else { return true }
        guard token.cluster == cluster, isVouched(entry), let project = entry.project else { return false }
        if project.snapshot.sees(token.xid) { return true }
        return entry.behindSince == nil && applied?.sees(token.xid) == true
    }

    mutating func entry(_ id: ProjectID) -> CacheEntry {
        if let entry = entries[id] { return entry }
        let entry = CacheEntry(id)
        entries[id] = entry
        return entry
    }

    /// To be called when an entry is used, but stays as large as it was.
    mutating func use(_ entry: CacheEntry) {
        if entry.watchers == 0 && entry.phase == .none {
            recency.touch(entry)
        } else {
            recency.remove(entry)
        }
    }

    /// To be called after every edit of an entry: counts its memory, and makes room.
    mutating func settle(_ entry: CacheEntry) {
        guard entries[entry.id] === entry else { return }
        if entry.project == nil && entry.watchers == 0 && entry.phase == .none {
            return remove(entry)
        }
        let size = entry.size_bytes
        size_bytes += size - entry.accounted_bytes
        entry.accounted_bytes = size
        entry.accountedBody_bytes = entry.body?.size_bytes ?? 0
        use(entry)
        while size_bytes > capacity_bytes, let oldest = recency.oldest, oldest !== entry {
            counts.evictions += 1
            remove(oldest)
        }
    }

    mutating func remove(_ entry: CacheEntry) {
        recency.remove(entry)
        size_bytes -= entry.accounted_bytes
        entries[entry.id] = nil
    }
}
