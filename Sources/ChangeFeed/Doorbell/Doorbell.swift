import ProjectSync

/// Decides by which of two ways changes come, and when that may change: by notifications (quiet), or by a table that is
/// read every few milliseconds (busy).
///
/// A value that does nothing itself: the gate performs its tasks, one at a time, and tells it how they ended. Times are
/// when a task or a reading was sent, and when its answer was there.
struct Doorbell {
    /// What the gate's connection has to do.
    enum Task: Equatable {
        /// Waits until this daemon is the one that decides.
        case askForPresence
        /// Waits, not for long, until no transaction is left that may add to the table.
        case askForQuiet
        /// Tells the other daemons that notifications come.
        case announceQuiet
        /// Tells the other daemons to read the table, then has the writers use it.
        case leaveQuiet

        /// The mode that the others are told of; nil for none.
        var announces: DoorbellReport.Mode? {
            switch self {
            case .askForPresence, .askForQuiet: nil
            case .announceQuiet: .quiet
            case .leaveQuiet: .busy
            }
        }
    }

    /// Where this daemon stands among those of its database.
    private enum Standing {
        /// It asks for `presence`, or is about to; `before` had it when it last stood in the queue.
        case asking(isSent: Bool, before: DoorbellLook.Holder?)
        case queued(DoorbellLook.Holder, reading: Reading)
        case deciding(Decision)
    }

    private enum Decision: Equatable {
        case busy
        case askingForQuiet
        /// The readings sent up to here may have missed a transaction.
        case lastReading(after: ContinuousClock.Instant)
        case announcing
        case quiet
        case leaving
    }

    /// Whether a daemon that does not decide reads the table. To read is right until it is told otherwise.
    private enum Reading: Equatable {
        case on
        case last(after: ContinuousClock.Instant)
        case off
    }

    /// For so long the lock table may show something else than what the gate knows: an answer is under way.
    static let grace = Duration.seconds(1)
    static let firstPause = Duration.seconds(5)
    static let longestPause = Duration.seconds(60)
    /// How soon after a look at writers who may wait for each other the next one comes.
    static let watchInterval = Duration.milliseconds(100)
    /// How full PostgreSQL's queue of notifications may be: once it has no room, who notifies fails.
    static let fullestQueue = 0.5
    let policy: DoorbellPolicy
    private var standing = Standing.asking(isSent: false, before: nil)
    /// Since when the gate has stood so, as far as the server's locks show it.
    private var standingSince: ContinuousClock.Instant?
    private var rate = ChangeRate()
    private var contention = Contention()
    private var watchedAt: ContinuousClock.Instant?
    private var busyUntil: ContinuousClock.Instant?
    private var nextTry: ContinuousClock.Instant?
    private var pause = firstPause
    /// How often the mode that others are told has changed.
    private(set) var turn: UInt64 = 0
    private var heardTurns: [UInt64: UInt64] = [:]
    /// Since when the lock table has shown something else than what the gate knows.
    private var contradictedSince: ContinuousClock.Instant?

    init(policy: DoorbellPolicy) {
        self.policy = policy
    }

    /// Whether every transaction that announces nothing has ended, and no other can begin.
    var isSafe: Bool {
        if case .asking = standing { false } else { true }
    }

    /// Whether the table is read all the time; notifications then wait for the next reading.
    var isReading: Bool {
        switch standing {
        case .asking: true
        case .queued(_, let reading): reading != .off
        case .deciding(let decision): decision != .quiet && decision != .announcing
        }
    }

    /// What the other daemons are to know; nil from one that does not decide.
    var announcedMode: DoorbellReport.Mode? {
        guard case .deciding(let decision) = standing else { return nil }
        return decision == .quiet ? .quiet : .busy
    }

    /// Whether a reading is due at once, since a mode waits for it.
    var wantsLastReading: Bool {
        switch standing {
        case .queued(_, .last), .deciding(.lastReading): true
        default: false
        }
    }

    /// Whether this daemon has the table in its care.
    var isDeciding: Bool {
        if case .deciding = standing { true } else { false }
    }

    /// Whether there is something to do now.
    func isTaskDue(now: ContinuousClock.Instant) -> Bool {
        var next = self
        return next.nextTask(now: now) != nil
    }

    /// What to do next; nil: nothing for now.
    mutating func nextTask(now: ContinuousClock.Instant) -> Task? {
        switch standing {
        case .asking(false, let before):
            standing = .asking(isSent: true, before: before)
            standingSince = now
            return .askForPresence
        case .deciding(.busy) where wantsQuiet(now: now):
            standing = .deciding(.askingForQuiet)
            return .askForQuiet
        case .deciding(.announcing):
            return .announceQuiet
        case .deciding(.quiet) where wantsBusy(now: now):
            turn += 1
            standing = .deciding(.leaving)
            return .leaveQuiet
        default:
            return nil
        }
    }

    /// A task has been done; `refused`: what it asked for was not to be had in time.
    mutating func finish(_ task: Task, refused: Bool, now: ContinuousClock.Instant) throws(FeedError) {
        switch task {
        case .askForPresence:
            try finishAsking(refused: refused)
            standingSince = now
        case .askForQuiet where refused:
            nextTry = now + pause
            pause = min(pause * 2, Self.longestPause)
            standing = .deciding(.busy)
        case .askForQuiet:
            pause = Self.firstPause
            standing = .deciding(.lastReading(after: now))
        case .announceQuiet:
            standing = .deciding(.quiet)
        case .leaveQuiet:
            busyUntil = now + policy.quietAfter
            standing = .deciding(.busy)
        }
    }

    private mutating func finishAsking(refused: Bool) throws(FeedError) {
        switch (standing, refused) {
        case (.queued(let holder, _), true):
            // The queue is left and entered again, so that the gate's snapshot does not keep VACUUM from its work.
            standing = .asking(isSent: false, before: holder)
        case (.asking(_, let before), true):
            standing = .asking(isSent: false, before: before)
        case (.asking(_, .some), false):
            throw .gateLost("the daemon that decided went while this one was not in the queue")
        case (_, false):
            standing = .deciding(.busy)
        case (.deciding, true):
            break
        }
    }

    /// A look at the server's locks, sent at `sentAt`. Returns whether it shows that writers announce what they do.
    mutating func look(_ look: DoorbellLook, sentAt: ContinuousClock.Instant) throws(FeedError) -> Bool {
        note(queueUsage: look.queueUsage, now: sentAt)
        // The gate has been answered since, or asks anew: what is seen is of before that.
        guard standingSince.map({ sentAt >= $0 }) ?? true else { return false }
        try take(look, sentAt: sentAt)
        return look.isHolding || look.isWaiting
    }

    /// How full PostgreSQL's queue of notifications is, from 0 to 1.
    mutating func note(queueUsage: Double, now: ContinuousClock.Instant) {
        if queueUsage >= Self.fullestQueue { busyUntil = now + policy.quietAfter }
    }

    /// Another daemon's sign. It is obeyed by those in the queue only: one that decides knows better.
    mutating func hear(_ sign: DaemonSign, now: ContinuousClock.Instant) {
        guard let mode = sign.mode, heardTurns[sign.daemon, default: 0] <= sign.turn else { return }
        heardTurns = [sign.daemon: sign.turn]
        guard case .queued(let holder, let reading) = standing else { return }
        switch mode {
        case .busy: standing = .queued(holder, reading: .on)
        case .quiet where reading == .on: standing = .queued(holder, reading: .last(after: now))
        case .quiet: break
        }
    }

    mutating func count(_ changes: Int, now: ContinuousClock.Instant) {
        rate.note(changes, now: now)
        let perSecond = rate.perSecond(now: now)
        let isMany =
            isReading
            ? perSecond >= min(policy.busyAbove, contention.tooMany(now: now) ?? .infinity) / 2
            : perSecond >= policy.busyAbove
        if isMany { busyUntil = now + policy.quietAfter }
    }

    /// Whether it is time to look whether writers wait for each other: often, as they notify and are not few.
    func isWatchDue(now: ContinuousClock.Instant) -> Bool {
        guard case .deciding(.quiet) = standing, policy.way == .auto else { return false }
        return watchedAt.map { now - $0 >= Self.watchInterval } ?? true
            && rate.perSecond(now: now) >= Contention.watchedAbove
    }

    /// How many sessions were seen waiting for the lock of a NOTIFY.
    mutating func noteWaiting(_ sessions: Int, now: ContinuousClock.Instant) {
        guard case .deciding(.quiet) = standing else { return contention.forgetLooks() }
        watchedAt = now
        if contention.note(waiting: sessions, rate: rate.perSecond(now: now), now: now) {
            busyUntil = now + policy.quietAfter
        }
    }

    /// A reading that was sent at `sentAt` is complete, and its changes are applied.
    mutating func finishReading(sentAt: ContinuousClock.Instant) {
        switch standing {
        case .queued(let holder, .last(let after)) where sentAt >= after:
            standing = .queued(holder, reading: .off)
        case .deciding(.lastReading(let after)) where sentAt >= after:
            turn += 1
            standing = .deciding(.announcing)
        default:
            break
        }
    }

    private mutating func take(_ look: DoorbellLook, sentAt: ContinuousClock.Instant) throws(FeedError) {
        guard look.isWaiting || isDeciding else { return try contradict(sentAt) }
        contradictedSince = nil
        switch standing {
        case .asking(_, let before):
            guard let holder = look.holder else { return }
            guard before == nil || before == holder else {
                throw .gateLost("another daemon decides since this one was last in the queue")
            }
            standing = .queued(holder, reading: .on)
        case .queued(let holder, _):
            // Whoever was before us in the queue is the next to decide. What the last one said is void.
            if let next = look.holder, next != holder { standing = .queued(next, reading: .on) }
        case .deciding:
            guard look.isHolding else { throw .gateLost("the gate does not hold its lock any more") }
            noteWaiting(look.notifiersWaiting, now: sentAt)
        }
    }

    /// The gate has just asked, or has just been answered and does not know yet; or its connection is dead.
    private mutating func contradict(_ sentAt: ContinuousClock.Instant) throws(FeedError) {
        let since = contradictedSince ?? sentAt
        guard sentAt - since <= Self.grace else { throw .gateLost("the gate does not wait for its lock any more") }
        contradictedSince = since
    }

    private func wantsQuiet(now: ContinuousClock.Instant) -> Bool {
        guard policy.way != .table, nextTry.map({ $0 <= now }) ?? true else { return false }
        return policy.way == .notify || busyUntil.map { $0 <= now } ?? true
    }

    private func wantsBusy(now: ContinuousClock.Instant) -> Bool {
        policy.way == .auto && busyUntil.map { $0 > now } ?? false
    }
}
