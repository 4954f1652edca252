import Synchronization

/// The projects in memory, kept equal to the database by loads and changes, and the one place that publishes.
///
/// Everything happens under one lock, so the order in which changes are applied is the order in which
/// subscribers hear of them, and a stream's opening fits them without a gap.
package final class ProjectCache: Sendable {
    private let state: Mutex<CacheState>
    private let requests = LoadSignal()
    private let witness: (any Witness)?

    package init(
        capacity_bytes: Int, history: EventLog.Limits, auditInterval: Duration = .seconds(30), audience: any Audience,
        witness: (any Witness)? = nil
    ) {
        self.witness = witness
        state = Mutex(
            CacheState(
                capacity_bytes: capacity_bytes, history: history, auditInterval: auditInterval, audience: audience,
                signal: requests))
    }

    // What the routes call.

    /// Reads a project; `fresh` asks for a load that is sent after this call, and so does a `token` of which it is not
    /// known that the state here has that write: who bears it has been told of the commit, so such a load sees it.
    package func read(_ id: ProjectID, fresh: Bool = false, after token: SyncToken? = nil) async -> ReadOutcome {
        if !fresh, let answer = warm(id, after: token) { return .found(answer) }
        return await withCheckedContinuation { continuation in
            state.withLock { $0.read(id, fresh: fresh, after: token, now: .now, continuation) }
        }
    }

    /// The project if it can be answered from memory at once.
    package func warm(_ id: ProjectID, after token: SyncToken? = nil) -> Answer? {
        state.withLock { $0.warm(id, after: token) }
    }

    /// Opens a stream. Each call is matched by one of `unwatch`.
    package func watch(_ id: ProjectID, _ request: StreamRequest, _ watcher: any Watcher) {
        state.withLock { $0.watch(id, request, watcher) }
    }

    /// `watcher` may be left out once it has begun.
    package func unwatch(_ id: ProjectID, _ watcher: (any Watcher)?) {
        state.withLock { $0.unwatch(id, watcher) }
    }

    /// What a subscriber at `position` has missed, all if that is nil, and the revision that it has then; nil if the
    /// project is gone.
    package func backlog(_ id: ProjectID, since position: UInt64?, _ request: StreamRequest) -> Opening? {
        state.withLock { $0.backlog(id, since: position, request) }
    }

    /// What the project's document is called; nil where it is not in memory, or has no title.
    package func title(of id: ProjectID) -> String? {
        state.withLock { $0.entries[id]?.project?.document.title }
    }

    /// The place of the image that a scene shows as its `number`th, from 0; that number, where no row is known to be.
    package func place(shownAt number: Int32, scene: Int32, of id: ProjectID) -> Place {
        state.withLock { $0.place(shownAt: number, scene: scene, of: id) }
    }

    /// What is known here of an image, whether it is in memory or not.
    package func explain(_ id: ProjectID, _ place: Place) -> Explanation {
        state.withLock { $0.explain(id, place) }
    }

    package var overview: CacheOverview {
        state.withLock { $0.overview }
    }

    package func progress(of wanted: [ProjectID], countingAtMost limit: Int = 1_000) -> ProgressReport {
        state.withLock { $0.progress(of: wanted, countingAtMost: limit) }
    }

    // What the feed calls.

    /// Changes in the order of their arrival; `rejected` notifications among them could not be read.
    package func apply(_ changes: [Change], rejected: Int = 0, now: ContinuousClock.Instant) {
        let overwritten = state.withLock { $0.apply(changes, rejected: rejected, now: now) }
        if !changes.isEmpty { witness?.heard(changes, overwritten: overwritten) }
    }

    /// One element whenever loads have been asked for; each of several takers gets all of them.
    package func loadRequests() -> AsyncStream<Void> {
        requests.stream()
    }

    /// The loads to send now. From here on the changes of these projects are buffered.
    package func takeLoads(atMost limit: Int) -> LoadBatch? {
        state.withLock { $0.takeLoads(atMost: limit) }
    }

    package func complete(_ batch: LoadBatch, _ loaded: [LoadedProject]) {
        state.withLock { $0.complete(batch, loaded, now: .now) }
    }

    /// The batch got no answer; who waits for it is told why.
    package func fail(_ batch: LoadBatch, reason: String) {
        state.withLock { $0.fail(batch, reason: reason) }
    }

    /// Refuses readers who have waited for a load since before `instant`.
    package func refuseReaders(whoWaitSince instant: ContinuousClock.Instant) {
        state.withLock { $0.refuseReaders(whoWaitSince: instant) }
    }

    /// Everything committed before `instant` has been applied.
    package func prove(at instant: ContinuousClock.Instant) {
        state.withLock { $0.provenAt = instant }
    }

    /// The feed listens again. What is watched is revalidated now, the rest when it is next asked for.
    package func feedIsLive() {
        state.withLock { $0.feedIsLive() }
    }

    /// Something may have been missed.
    package func revalidate() {
        state.withLock { $0.revalidate() }
    }

    /// Nothing is kept until the feed is live; `reason` says what it waits for.
    package func feedIsUnsafe(since: String, reason: String) {
        state.withLock { $0.feedIsUnsafe(since: since, reason: reason) }
    }

    /// While the feed is not safe: shows streams what there is now.
    package func renewUnsafe() {
        state.withLock { $0.renewUnsafe() }
    }

    /// The feed listens to this cluster, whose transactions have other ids than another's.
    package func follow(cluster: UInt64) {
        state.withLock { $0.follow(cluster: cluster) }
    }

    /// All announced changes of transactions that `snapshot` sees have been applied; `hasAll`: all were announced.
    package func forgetDecisions(seenBy snapshot: TransactionSnapshot, hasAll: Bool = true) {
        state.withLock { $0.forgetDecisions(seenBy: snapshot, hasAll: hasAll) }
    }

    /// The comparisons with the database to send now. From here on the changes of these projects are kept for them.
    package func takeAudits(now: ContinuousClock.Instant) -> AuditBatch? {
        state.withLock { $0.takeAudits(now: now) }
    }

    package func complete(_ batch: AuditBatch, _ compared: [ComparedProject], now: ContinuousClock.Instant) {
        state.withLock { $0.complete(batch, compared, now: now) }
    }

    /// Those of the batch that got no answer get none any more.
    package func fail(_ batch: AuditBatch, now: ContinuousClock.Instant) {
        state.withLock { $0.fail(batch, now: now) }
    }

    /// All that `snapshot` sees was announced, and has been applied.
    package func judgeAudits(applied snapshot: TransactionSnapshot, now: ContinuousClock.Instant) {
        state.withLock { $0.judgeAudits(applied: snapshot, now: now) }
    }

    /// What the audit has found since the last call.
    package func takeDivergences() -> [Divergence] {
        state.withLock { $0.takeDivergences() }
    }

    /// nil: the project is not in memory.
    package func audit(of id: ProjectID) -> ProjectAudit? {
        state.withLock { $0.audit(of: id) }
    }

    package func report(_ doorbell: DoorbellReport) {
        state.withLock { $0.doorbell = doorbell }
        witness?.measured(serverClockAhead_microseconds: doorbell.serverClockAhead_microseconds)
    }

    /// Nothing can be vouched for until the feed is live again; `since` is an RFC 3339 time.
    package func feedIsLost(since: String, reason: String) {
        state.withLock { $0.feedIsLost(since: since, reason: reason) }
    }
}

/// Loads to be sent together.
package struct LoadBatch: Sendable {
    package let projects: [ProjectID]
    let epoch: UInt64
    /// One of them may be asked for again before the others have an answer.
    let number: UInt64

    /// The load of one of its projects by itself.
    package func only(_ project: ProjectID) -> LoadBatch {
        LoadBatch(projects: [project], epoch: epoch, number: number)
    }
}

/// The cache at a glance, for readiness, metrics and the dashboard.
package struct CacheOverview: Sendable {
    package let status: FeedStatus
    package let provenAt: ContinuousClock.Instant?
    /// Watched projects that still have to be revalidated.
    package let outstanding: Int
    package let size_bytes: Int
    package let counts: CacheCounts
    package let doorbell: DoorbellReport
    /// Since when the project that has not been loaded or compared for the longest time has not been.
    package let oldestCheck: ContinuousClock.Instant?
    package let projects: [(id: ProjectID, watchers: Int)]
}
