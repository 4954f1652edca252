import ProjectSync
import Testing

@testable import ChangeFeed

@Suite struct GateChoresTests {
    private var steps: DoorbellSteps
    private var horizon = Horizon()
    private var chores: GateChores

    init() throws {
        steps = try .quiet()
        chores = GateChores(now: steps.now)
    }

    private mutating func next() -> GateChores.Chore? {
        chores.next(&steps.doorbell, &horizon, now: steps.now)
    }

    /// All that is due now.
    private mutating func all() -> [GateChores.Chore] {
        var all: [GateChores.Chore] = []
        while let chore = next() { all.append(chore) }
        return all
    }

    @Test mutating func `what the doorbell wants comes before anything else`() {
        steps.pass(.seconds(700))
        horizon.note("1", sentAt: steps.now - .seconds(60))
        steps.change(1_000)

        #expect(next() == .task(.leaveQuiet))
        #expect(all() == [.prune(.init(previous: nil, now: "1")), .tidy, .ping])
    }

    @Test mutating func `each has its own time`() {
        #expect(all() == [])
        steps.pass(.seconds(10))
        #expect(all() == [.ping])
        steps.pass(.seconds(590))
        #expect(all() == [.tidy, .ping])
        steps.pass(.seconds(10))
        #expect(all() == [.ping])
    }

    @Test mutating func `what was not all tidied goes on soon, but not at once`() {
        steps.pass(.seconds(600))
        #expect(next() == .tidy)
        chores.tidySoon(now: steps.now)

        #expect(all() == [.ping])
        steps.pass(.seconds(2))
        #expect(all() == [.tidy])
    }

    @Test mutating func `a daemon that does not decide leaves the table to the one that does`() throws {
        steps = try .queued()
        chores = GateChores(now: steps.now)
        steps.pass(.seconds(700))
        horizon.note("1", sentAt: steps.now - .seconds(60))

        #expect(all() == [.ping])
    }
}
