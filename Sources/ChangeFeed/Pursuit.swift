import Logging
import Postgres
import ProjectSync

/// Follows the database over one set of connections, from the first LISTEN to the first thing that fails.
actor Pursuit {
    /// How often the table is read while nothing is busy: each reading is a sign of life, too.
    static let canaryInterval = Duration.milliseconds(500)
    /// How soon it is looked again for a lock that is not seen yet.
    static let doubtInterval = Duration.milliseconds(5)
    /// How often it is asked whether the feed is safe.
    static let unsafeInterval = Duration.milliseconds(100)
    /// How long a reading's fence may take to come back.
    static let patience = Duration.seconds(2)
    /// What the listener hears says nothing of the way back.
    private static let listenerInterval = Duration.milliseconds(500)
    /// How long a reader waits for a load before it is told so.
    private static let readersPatience = Duration.seconds(5)
    /// How often the gate asks whether there is something to do that nobody has told it of.
    private static let gateInterval = Duration.milliseconds(200)
    /// How often streams are shown what there is while the feed is not safe.
    private static let renewInterval = Duration.seconds(2)

    private nonisolated let loop: PollLoop
    private let sessions: FeedSessions
    private let cache: ProjectCache
    private let logger: Logger
    private let onTurn: @Sendable () -> Void
    private var doorbell: Doorbell
    private var ways = TwoWays()
    /// Since when it has to be seen that our lock is still held, before anything more is applied.
    private var inDoubtSince: ContinuousClock.Instant?
    private var horizon = Horizon()
    private var pace = ReadingPace()
    private var account: DoorbellAccount
    private var fence: Fence
    private let tableRest: Pause
    private let gateRest: Pause
    private var previous: (snapshot: String, sentAt: ContinuousClock.Instant)?
    private var prepared: Set<String> = []
    private var renewedAt: ContinuousClock.Instant?
    private(set) var isLive = false

    init(
        _ sessions: FeedSessions, doorbell: Doorbell, daemon: UInt64, cache: ProjectCache, loop: PollLoop,
        logger: Logger, onTurn: @escaping @Sendable () -> Void
    ) {
        self.sessions = sessions
        self.doorbell = doorbell
        fence = Fence(daemon: daemon)
        self.cache = cache
        self.loop = loop
        self.logger = logger
        self.onTurn = onTurn
        account = DoorbellAccount(cache.overview.doorbell)
        tableRest = Pause(on: loop)
        gateRest = Pause(on: loop)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Returns by an error only, or when the task is cancelled.
    func run() async throws {
        cache.follow(cluster: sessions.cluster)
        prepared = try await PreparedTransactions.all(on: sessions.query, deadline: Self.patience)
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.listen() }
            group.addTask { try await self.pingListener() }
            group.addTask { try await self.tendGate() }
            group.addTask { try await self.readTable() }
            for worker in self.sessions.workers {
                group.addTask { try await WorkerWatch(worker: worker, query: self.sessions.query).run() }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    // The listener.

    private func listen() async throws {
        for await announcements in sessions.listener.notifications { hear(announcements) }
        throw FeedError.connectionLost(try await sessions.listener.waitUntilLost())
    }

    private func hear(_ announcements: [Announcement]) {
        let now = ContinuousClock.now
        var changes: [Change] = []
        changes.reserveCapacity(announcements.count)
        var rejected = 0
        for announcement in announcements {
            switch sessions.seal.open(announcement) {
            case .change(var change):
                change.arrival = Change.Arrival(.notification, at: now)
                changes.append(change)
            case .sign(let sign):
                // What came before another daemon's arrival is not in doubt by it.
                if sign.isArrival { take(&changes, &rejected, now: now) }
                hear(sign, now: now)
            case nil:
                rejected += 1
            }
        }
        take(&changes, &rejected, now: now)
    }

    private func take(_ changes: inout [Change], _ rejected: inout Int, now: ContinuousClock.Instant) {
        doorbell.count(changes.count, now: now)
        wakeGateIfDue(now: now)
        if doorbell.isReading || inDoubtSince != nil {
            ways.hold(changes)
            changes = []
        }
        if !changes.isEmpty || rejected > 0 { cache.apply(changes, rejected: rejected, now: now) }
        (changes, rejected) = ([], 0)
    }

    private func hear(_ sign: DaemonSign, now: ContinuousClock.Instant) {
        fence.hear(sign)
        guard sign.daemon != fence.daemon else { return }
        if sign.isArrival {
            // If our gate is gone, writers have been silent until now.
            inDoubtSince = now
            wake()
        }
        let wasReading = doorbell.isReading
        doorbell.hear(sign, now: now)
        if doorbell.wantsLastReading || doorbell.isReading != wasReading { wake() }
    }

    private func pingListener() async throws {
        while true {
            try await Task.sleep(for: Self.listenerInterval)
            try await sessions.listener.queryPrepared("SELECT 'listener'", deadline: Self.patience)
        }
    }

    // The gate.

    private func tendGate() async throws {
        let gate = Gate(session: sessions.gate, channel: sessions.channel, seal: sessions.seal)
        var chores = GateChores(now: .now)
        while true {
            let now = ContinuousClock.now
            switch chores.next(&doorbell, &horizon, now: now) {
            case .task(let task):
                try await perform(task, at: gate, now: now)
            case .prune(let span):
                try await gate.prune(span)
            case .tidy:
                if try await gate.tidy() { chores.tidySoon(now: now) }
            case .countWaiting:
                // Not on the connection that notifies: that waits behind the very writers.
                let sessions = try await gate.countNotifiersWaiting()
                account.note(notifiersWaiting: sessions)
                doorbell.noteWaiting(sessions, now: now)
            case .ping:
                try await gate.ping()
            case nil:
                try await gateRest.wait(atMost: Self.gateInterval)
            }
        }
    }

    private func perform(_ task: Doorbell.Task, at gate: Gate, now: ContinuousClock.Instant) async throws {
        wake()
        // Out of the queue for a moment, too, something may be missed.
        if task == .askForPresence, isLive { inDoubtSince = now }
        let sign = DaemonSign(
            daemon: fence.daemon, pid: sessions.gatePID, turn: doorbell.turn, mode: task.announces)
        let isDone = try await gate.perform(task, sign: sign)
        try doorbell.finish(task, refused: !isDone, now: .now)
        settleMode()
        becomeLiveIfSafe()
        wake()
    }

    // The table.

    private func readTable() async throws {
        var lookedAt: ContinuousClock.Instant?
        while true {
            let now = ContinuousClock.now
            let isCanary = lookedAt.map { now - $0 >= Self.canaryInterval } ?? true
            let reading = try await read(sentAt: now)
            var isWitnessed = false
            if isCanary || !doorbell.isSafe || inDoubtSince != nil {
                lookedAt = now
                isWitnessed = try await look()
            }
            if inDoubtSince == nil {
                settle(reading, sentAt: now, isWitnessed: isWitnessed)
                if isWitnessed { cache.judgeAudits(applied: reading.snapshot, now: .now) }
                becomeLiveIfSafe()
            }
            onTurn()
            try await sleepAfterReading(sentAt: now)
        }
    }

    private func read(sentAt: ContinuousClock.Instant) async throws -> ChangeTable.Reading {
        if let previous, sentAt - previous.sentAt > Horizon.patience {
            throw FeedError.fellBehind(by: sentAt - previous.sentAt)
        }
        let arrival = fence.send()
        let sign = DaemonSign(
            daemon: fence.daemon, pid: sessions.queryPID, turn: doorbell.turn, mode: doorbell.announcedMode,
            fence: fence.number)
        let timer = loop.schedule(after: Self.patience) {
            arrival.settle(.failure(FeedError.canaryMissed(after: Self.patience)))
        }
        defer { loop.cancel(timer) }
        let reading = try await ChangeTable(session: sessions.query).read(
            since: previous?.snapshot, sign: sessions.seal.close(sign.payload), deadline: Self.patience)
        try await arrival.value()
        return reading
    }

    /// All that the reading's snapshot saw and that was announced has arrived, by either way. Witnessed, our lock was seen
    /// to be held after the reading: no writer was silent before it.
    private func settle(_ reading: ChangeTable.Reading, sentAt: ContinuousClock.Instant, isWitnessed: Bool) {
        let now = ContinuousClock.now
        doorbell.count(reading.changes.count, now: now)
        let changes = ways.merge(reading.changes, seenBy: reading.snapshot)
        if !changes.isEmpty || reading.rejected > 0 { cache.apply(changes, rejected: reading.rejected, now: now) }
        doorbell.finishReading(sentAt: sentAt)
        wakeGateIfDue(now: now)
        if !doorbell.isReading { cache.apply(ways.release(), now: now) }
        if isWitnessed || !isLive { cache.prove(at: sentAt) }
        cache.forgetDecisions(seenBy: reading.snapshot, hasAll: isWitnessed)
        pace.note(isEmpty: changes.isEmpty, took: now - sentAt)
        horizon.note(reading.snapshotText, sentAt: sentAt)
        previous = (reading.snapshotText, sentAt)
        account.note(reading, sentAt: sentAt)
        settleMode()
    }

    /// Whether it was seen that writers announce what they do.
    private func look() async throws -> Bool {
        let sentAt = ContinuousClock.now
        let look = try await DoorbellLook.take(
            on: sessions.query, gate: sessions.gatePID, deadline: Self.patience)
        account.note(look, sentAt: sentAt)
        let isWitnessed = try doorbell.look(look, sentAt: sentAt)
        cache.refuseReaders(whoWaitSince: sentAt - Self.readersPatience)
        if !doorbell.isSafe, isWitnessed, look.isWaiting { becomeUnsafe(look) }
        if !prepared.isEmpty { try await lookForPrepared() }
        // Last: what is heard while this waits is in doubt like what is held.
        if let since = inDoubtSince, since <= sentAt, isWitnessed { inDoubtSince = nil }
        return isWitnessed
    }

    /// After a crash a prepared transaction may have announced what is not in the table any more.
    private func lookForPrepared() async throws {
        let left = try await PreparedTransactions.all(on: sessions.query, deadline: Self.patience)
        let hasLost = !prepared.isSubset(of: left)
        prepared.formIntersection(left)
        if hasLost, isLive { cache.revalidate() }
    }

    // What follows from it.

    private func becomeLiveIfSafe() {
        guard !isLive, doorbell.isSafe, previous != nil else { return }
        isLive = true
        logger.info("live: listening to the database")
        cache.feedIsLive()
    }

    private func becomeUnsafe(_ look: DoorbellLook) {
        let now = ContinuousClock.now
        let reason = "a transaction is open that is older than this daemon (\(look.silent ?? "which has just ended"))"
        cache.feedIsUnsafe(since: WallTime.now.rfc3339, reason: reason)
        if renewedAt == nil { logger.warning("not safe yet: \(reason)") }
        if renewedAt.map({ now - $0 >= Self.renewInterval }) ?? true {
            renewedAt = now
            cache.renewUnsafe()
        }
    }

    private func settleMode() {
        let mode: DoorbellReport.Mode = doorbell.isReading ? .busy : .quiet
        if account.settle(mode) { logger.debug("the doorbell is \(mode.rawValue)") }
        cache.report(account.report)
    }

    private func sleepAfterReading(sentAt: ContinuousClock.Instant) async throws {
        if doorbell.wantsLastReading { return }
        let pause: Duration =
            if inDoubtSince != nil {
                Self.doubtInterval
            } else if !doorbell.isSafe {
                Self.unsafeInterval
            } else if doorbell.isReading {
                pace.pause
            } else {
                Self.canaryInterval - (ContinuousClock.now - sentAt)
            }
        try await tableRest.wait(atMost: pause)
    }

    private func wake() {
        tableRest.end()
    }

    private func wakeGateIfDue(now: ContinuousClock.Instant) {
        if doorbell.isTaskDue(now: now) || doorbell.isWatchDue(now: now) { gateRest.end() }
    }
}
