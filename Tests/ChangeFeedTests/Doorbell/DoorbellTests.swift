import ProjectSync
import Testing

@testable import ChangeFeed

/// The daemon that decides: alone, or the first of several.
@Suite struct DoorbellTests {
    @Test func `a daemon that gets its lock at once is safe, and goes quiet`() throws {
        var steps = DoorbellSteps()

        try steps.run(.askForPresence)
        #expect(steps.doorbell.isSafe)
        #expect(steps.doorbell.isReading)
        try steps.run(.askForQuiet)
        #expect(steps.doorbell.isReading)
        #expect(steps.doorbell.wantsLastReading)
        steps.read()
        #expect(!steps.doorbell.isReading)
        #expect(steps.doorbell.announcedMode == .busy)
        try steps.run(.announceQuiet)

        #expect(steps.doorbell.announcedMode == .quiet)
        #expect(steps.nextTask() == nil)
    }

    @Test func `a daemon is not safe while it waits for transactions that announce nothing`() throws {
        var steps = DoorbellSteps()
        #expect(steps.nextTask() == .askForPresence)

        try steps.look(DoorbellLook(isWaiting: true, silent: "pid 7"))
        #expect(!steps.doorbell.isSafe)
        try steps.finish(.askForPresence, refused: true)
        #expect(!steps.doorbell.isSafe)
        #expect(steps.nextTask() == .askForPresence)
        try steps.finish(.askForPresence)

        #expect(steps.doorbell.isSafe)
    }

    @Test func `a reading that was sent before quiet was granted is not the last one`() throws {
        var steps = DoorbellSteps()
        try steps.run(.askForPresence)
        #expect(steps.nextTask() == .askForQuiet)
        let sentBefore = steps.now
        steps.pass(.milliseconds(5))
        try steps.finish(.askForQuiet)

        steps.doorbell.finishReading(sentAt: sentBefore)
        #expect(steps.doorbell.isReading)
        #expect(steps.nextTask() == nil)
        steps.read()

        #expect(steps.nextTask() == .announceQuiet)
    }

    @Test func `many changes make it busy: it reads before it has told anybody`() throws {
        var steps = try DoorbellSteps.quiet()

        steps.change(24)
        #expect(steps.nextTask() == nil)
        steps.change(2)
        #expect(steps.nextTask() == .leaveQuiet)
        #expect(steps.doorbell.isReading)
        #expect(steps.doorbell.announcedMode == .busy)
        try steps.finish(.leaveQuiet)

        #expect(steps.nextTask() == nil)
    }

    @Test func `fifty changes a second leave it quiet, two hundred make it busy within half a second`() throws {
        var steps = try DoorbellSteps.quiet()
        for _ in 0..<500 {
            steps.change(1)
            steps.pass(.milliseconds(20))
            #expect(steps.nextTask() == nil)
        }

        var count = 0
        while steps.nextTask() == nil, count < 100 {
            steps.change(1)
            steps.pass(.milliseconds(5))
            count += 1
        }

        #expect(count < 100)
    }

    @Test func `it is quiet again once changes have been few for two seconds`() throws {
        var steps = try DoorbellSteps.quiet()
        steps.change(100)
        try steps.run(.leaveQuiet)

        steps.pass(.milliseconds(1_900))
        #expect(steps.nextTask() == nil)
        steps.change(20)
        steps.pass(.milliseconds(1_900))
        #expect(steps.nextTask() == nil)
        steps.pass(.milliseconds(200))

        #expect(steps.nextTask() == .askForQuiet)
    }

    @Test func `writers that wait for the lock of a notification make it busy, once it is no chance`() throws {
        var steps = try DoorbellSteps.quiet()

        try steps.look(DoorbellLook(isHolding: true, notifiersWaiting: 1))
        for _ in 0..<8 { try steps.look(DoorbellLook(isHolding: true)) }
        for _ in 0..<3 {
            try steps.look(DoorbellLook(isHolding: true))
            try steps.look(DoorbellLook(isHolding: true, notifiersWaiting: 2))
        }
        #expect(steps.nextTask() == nil)
        try steps.look(DoorbellLook(isHolding: true, notifiersWaiting: 1))

        #expect(steps.nextTask() == .leaveQuiet)
    }

    @Test func `however many came while one flush took long, it is chance`() throws {
        var steps = try DoorbellSteps.quiet()

        for _ in 0..<3 { try steps.look(DoorbellLook(isHolding: true, notifiersWaiting: 60)) }

        #expect(steps.nextTask() == nil)
    }

    /// Who notifies fails once there is no room left.
    @Test func `while the queue of notifications is half full it is busy`() throws {
        var steps = try DoorbellSteps.quiet()

        try steps.look(DoorbellLook(isHolding: true, queueUsage: 0.4))
        #expect(steps.nextTask() == nil)
        try steps.look(DoorbellLook(isHolding: true, queueUsage: 0.5))
        try steps.run(.leaveQuiet)
        steps.pass(.milliseconds(1_500))
        try steps.look(DoorbellLook(isHolding: true, queueUsage: 0.6))
        steps.pass(.milliseconds(1_900))
        #expect(steps.nextTask() == nil)
        try steps.look(DoorbellLook(isHolding: true, queueUsage: 0.1))
        steps.pass(.milliseconds(200))

        #expect(steps.nextTask() == .askForQuiet)
    }

    @Test func `it is looked often while changes are neither few nor many`() throws {
        var steps = try DoorbellSteps.quiet()
        #expect(!steps.doorbell.isWatchDue(now: steps.now))

        steps.change(10)
        #expect(steps.doorbell.isWatchDue(now: steps.now))
        steps.doorbell.noteWaiting(0, now: steps.now)
        #expect(!steps.doorbell.isWatchDue(now: steps.now))
        steps.pass(Doorbell.watchInterval)
        #expect(steps.doorbell.isWatchDue(now: steps.now))
        steps.pass(.seconds(1))
        #expect(!steps.doorbell.isWatchDue(now: steps.now))
        steps.change(100)
        try steps.run(.leaveQuiet)

        #expect(!steps.doorbell.isWatchDue(now: steps.now))
    }

    /// On a slow disk: else it would go to and fro every two seconds.
    @Test func `the rate at which writers waited stays too many for a minute`() throws {
        var steps = try DoorbellSteps.quiet(DoorbellPolicy(busyAbove: 1_000))
        steps.change(50)
        for _ in 0..<4 { try steps.look(DoorbellLook(isHolding: true, notifiersWaiting: 6)) }
        try steps.run(.leaveQuiet)

        for _ in 0..<500 {
            steps.pass(.milliseconds(100))
            steps.change(20)
            #expect(steps.nextTask() == nil)
        }
        for _ in 0..<130 {
            steps.pass(.milliseconds(100))
            steps.change(20)
        }

        #expect(steps.nextTask() == .askForQuiet)
    }

    @Test func `a refused quiet is asked for again after five seconds, then ten`() throws {
        var steps = DoorbellSteps()
        try steps.run(.askForPresence)

        for pause in [Duration.seconds(5), .seconds(10), .seconds(20), .seconds(40), .seconds(60), .seconds(60)] {
            #expect(steps.nextTask() == .askForQuiet)
            try steps.finish(.askForQuiet, refused: true)
            #expect(steps.doorbell.isReading)
            steps.pass(pause - .milliseconds(1))
            #expect(steps.nextTask() == nil)
            steps.pass(.milliseconds(2))
        }
    }

    @Test func `with notify it asks for quiet whatever comes, and stays`() throws {
        var steps = try DoorbellSteps.quiet(DoorbellPolicy(.notify))

        steps.change(10_000)
        for _ in 0..<9 { try steps.look(DoorbellLook(isHolding: true, notifiersWaiting: 60)) }

        #expect(steps.nextTask() == nil)
        #expect(steps.doorbell.announcedMode == .quiet)
    }

    @Test func `with table it never asks for quiet`() throws {
        var steps = DoorbellSteps(DoorbellPolicy(.table))
        try steps.run(.askForPresence)

        steps.pass(.seconds(3_600))

        #expect(steps.nextTask() == nil)
        #expect(steps.doorbell.isReading)
    }

    @Test func `a lock that is not held any more is noticed at once`() throws {
        var steps = try DoorbellSteps.quiet()

        #expect(throws: FeedError.self) { try steps.look(DoorbellLook()) }
    }

    @Test func `what other daemons say is nothing to the one that decides`() throws {
        var steps = try DoorbellSteps.quiet()
        steps.hear(.busy)
        #expect(!steps.doorbell.isReading)
        steps.change(100)
        try steps.run(.leaveQuiet)

        steps.hear(.quiet)
        steps.read()

        #expect(steps.doorbell.isReading)
    }
}
