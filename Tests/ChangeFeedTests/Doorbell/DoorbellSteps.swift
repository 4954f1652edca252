import ProjectSync
import Testing

@testable import ChangeFeed

/// Leads a doorbell step by step, with a clock that goes only when it is told to.
struct DoorbellSteps {
    static let standard = DoorbellPolicy(busyAbove: 100)
    static let holder = DoorbellLook.Holder(pid: 41, begin: "yesterday")

    var doorbell: Doorbell
    private(set) var now = ContinuousClock.now
    private var turn: UInt64 = 0

    init(_ policy: DoorbellPolicy = standard) {
        doorbell = Doorbell(policy: policy)
    }

    /// One that decides, and is quiet.
    static func quiet(_ policy: DoorbellPolicy = standard) throws -> DoorbellSteps {
        var steps = DoorbellSteps(policy)
        try steps.run(.askForPresence)
        try steps.run(.askForQuiet)
        steps.read()
        try steps.run(.announceQuiet)
        return steps
    }

    /// One that waits behind another daemon.
    static func queued() throws -> DoorbellSteps {
        var steps = DoorbellSteps()
        try #require(steps.nextTask() == .askForPresence)
        try steps.look(DoorbellLook(isWaiting: true, holder: holder))
        return steps
    }

    mutating func pass(_ duration: Duration) {
        now += duration
    }

    mutating func nextTask() -> Doorbell.Task? {
        doorbell.nextTask(now: now)
    }

    mutating func finish(_ task: Doorbell.Task, refused: Bool = false) throws {
        try doorbell.finish(task, refused: refused, now: now)
    }

    /// The task is due, and is done a millisecond later.
    mutating func run(_ task: Doorbell.Task) throws {
        try #require(nextTask() == task)
        pass(.milliseconds(1))
        try finish(task)
    }

    /// A reading is sent and comes back.
    mutating func read() {
        pass(.milliseconds(1))
        let sentAt = now
        pass(.milliseconds(1))
        doorbell.finishReading(sentAt: sentAt)
    }

    /// One that was sent `before` now.
    @discardableResult
    mutating func look(_ look: DoorbellLook, before: Duration = .zero) throws -> Bool {
        try doorbell.look(look, sentAt: now - before)
    }

    mutating func change(_ count: Int) {
        doorbell.count(count, now: now)
    }

    mutating func hear(_ mode: DoorbellReport.Mode, turn: UInt64? = nil, from daemon: UInt64 = 9) {
        self.turn = turn ?? self.turn + 1
        doorbell.hear(DaemonSign(daemon: daemon, turn: self.turn, mode: mode), now: now)
    }
}
