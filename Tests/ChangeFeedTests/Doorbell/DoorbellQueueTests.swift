import ProjectSync
import Testing

@testable import ChangeFeed

/// A daemon that waits behind another one, and takes over from it.
@Suite struct DoorbellQueueTests {
    private static let waiting = DoorbellLook(isWaiting: true, holder: DoorbellSteps.holder)
    private static let another = DoorbellLook.Holder(pid: 42, begin: "today")

    @Test func `in the queue it is safe, and reads until it is told otherwise`() throws {
        var steps = try DoorbellSteps.queued()

        #expect(steps.doorbell.isSafe)
        #expect(steps.doorbell.isReading)
        #expect(steps.doorbell.announcedMode == nil)
        #expect(steps.nextTask() == nil)
        steps.change(10_000)
        #expect(steps.nextTask() == nil)
    }

    @Test func `told that it is quiet, it reads once more`() throws {
        var steps = try DoorbellSteps.queued()
        let sentBefore = steps.now
        steps.pass(.milliseconds(1))

        steps.hear(.quiet)
        #expect(steps.doorbell.isReading)
        #expect(steps.doorbell.wantsLastReading)
        steps.doorbell.finishReading(sentAt: sentBefore)
        #expect(steps.doorbell.isReading)
        steps.read()

        #expect(!steps.doorbell.isReading)
        steps.hear(.quiet)
        #expect(!steps.doorbell.isReading)
        steps.hear(.busy)
        #expect(steps.doorbell.isReading)
    }

    @Test func `an old announcement does not undo a newer one`() throws {
        var steps = try DoorbellSteps.queued()
        steps.hear(.busy, turn: 8)

        steps.hear(.quiet, turn: 7)
        steps.read()

        #expect(steps.doorbell.isReading)
    }

    @Test func `it takes over busy, whatever it was told before`() throws {
        var steps = try DoorbellSteps.queued()
        steps.hear(.quiet)
        steps.read()

        try steps.finish(.askForPresence)
        #expect(steps.doorbell.isReading)
        #expect(steps.doorbell.isDeciding)
        steps.hear(.quiet)
        steps.read()

        #expect(steps.doorbell.isReading)
    }

    @Test func `another daemon before it in the queue makes it read again`() throws {
        var steps = try DoorbellSteps.queued()
        steps.hear(.quiet)
        steps.read()

        try steps.look(DoorbellLook(isWaiting: true, holder: DoorbellLook.Holder(pid: 42, begin: "today")))

        #expect(steps.doorbell.isReading)
        #expect(steps.doorbell.isSafe)
    }

    @Test func `it leaves the queue and enters it again behind the same daemon`() throws {
        var steps = try DoorbellSteps.queued()

        try steps.finish(.askForPresence, refused: true)
        #expect(steps.nextTask() == .askForPresence)
        try steps.look(Self.waiting)

        #expect(steps.doorbell.isSafe)
        try steps.finish(.askForPresence)
        #expect(steps.doorbell.isDeciding)
    }

    @Test(arguments: [
        DoorbellLook.Holder(pid: 41, begin: "today"), DoorbellLook.Holder(pid: 42, begin: "yesterday"),
    ])
    func `another daemon that decides after the queue was left means that something was missed`(
        holder: DoorbellLook.Holder
    ) throws {
        var steps = try DoorbellSteps.queued()
        try steps.finish(.askForPresence, refused: true)
        #expect(steps.nextTask() == .askForPresence)

        #expect(throws: FeedError.self) {
            try steps.look(DoorbellLook(isWaiting: true, holder: holder))
        }
    }

    @Test func `a lock that is free after the queue was left means that something was missed`() throws {
        var steps = try DoorbellSteps.queued()
        try steps.finish(.askForPresence, refused: true)
        #expect(steps.nextTask() == .askForPresence)

        #expect(throws: FeedError.self) { try steps.finish(.askForPresence) }
    }

    @Test func `what was seen before it took over is nothing against it, and proves nothing`() throws {
        var steps = try DoorbellSteps.queued()
        steps.pass(.milliseconds(1))
        try steps.finish(.askForPresence)

        #expect(try !steps.look(Self.waiting, before: .microseconds(500)))
        #expect(steps.doorbell.isDeciding)
        #expect(try steps.look(DoorbellLook(isHolding: true)))
    }

    @Test func `a queue that was left is not entered by what was seen before`() throws {
        var steps = try DoorbellSteps.queued()
        steps.pass(.milliseconds(1))
        try steps.finish(.askForPresence, refused: true)

        try steps.look(Self.waiting, before: .microseconds(500))
        #expect(!steps.doorbell.isSafe)
        steps.pass(.milliseconds(1))
        #expect(steps.nextTask() == .askForPresence)
        try steps.look(Self.waiting, before: .microseconds(500))
        #expect(!steps.doorbell.isSafe)

        // Another may have decided meanwhile.
        #expect(throws: FeedError.self) { try steps.look(DoorbellLook(isWaiting: true, holder: Self.another)) }
    }

    @Test(arguments: [DoorbellLook(), DoorbellLook(isHolding: true)])
    func `a gate that does not know what the server knows is lost, but not at once`(look: DoorbellLook) throws {
        var steps = try DoorbellSteps.queued()

        try steps.look(look)
        steps.pass(.milliseconds(500))
        try steps.look(look)
        try steps.look(Self.waiting)
        steps.pass(.milliseconds(900))
        try steps.look(look)
        steps.pass(.milliseconds(1_001))

        #expect(throws: FeedError.self) { try steps.look(look) }
    }

    @Test func `a gate whose question never came is lost`() throws {
        var steps = DoorbellSteps()
        #expect(steps.nextTask() == .askForPresence)

        try steps.look(DoorbellLook())
        steps.pass(.milliseconds(1_001))

        #expect(throws: FeedError.self) { try steps.look(DoorbellLook()) }
    }
}
