import ProjectSync
import Testing

@testable import SyncHTTP

@Suite struct RightsMemoryTests {
    private let start = ContinuousClock.now
    private let key: RightsMemory.Key

    init() throws {
        let project = try #require(ProjectID("aaaaaaaa-0000-4000-8000-000000000001"))
        key = RightsMemory.Key(caller: Caller(role: "authenticated", claims: "{}"), project: project)
    }

    @Test func `who asks what is being asked waits with the others`() {
        var memory = RightsMemory(interval: .seconds(60))

        let first = memory.wait(key, now: start) { _ in }
        let second = memory.wait(key, now: start + .seconds(1)) { _ in }
        let waiters = memory.answer(key, .readable)?.1.count
        let third = memory.wait(key, now: start + .seconds(2)) { _ in }

        #expect(first && !second && third)
        #expect(waiters == 2)
    }

    @Test func `an answer counts from when it was asked for`() {
        var memory = RightsMemory(interval: .seconds(60))
        _ = memory.wait(key, now: start) { _ in }
        _ = memory.wait(key, now: start + .seconds(30)) { _ in }
        _ = memory.answer(key, .readable)

        #expect(memory.find(key, now: start + .seconds(59))?.right == .readable)
        #expect(memory.find(key, now: start + .seconds(60)) == nil)
    }

    @Test func `a refusal is short, and what nobody could tell is not remembered`() {
        var memory = RightsMemory(interval: .seconds(60))
        _ = memory.wait(key, now: start) { _ in }
        _ = memory.answer(key, .hidden)
        #expect(memory.find(key, now: start + .milliseconds(900))?.right == .hidden)
        #expect(memory.find(key, now: start + .seconds(1)) == nil)

        _ = memory.wait(key, now: start + .seconds(2)) { _ in }
        _ = memory.answer(key, .unavailable(reason: "away"))
        #expect(memory.find(key, now: start + .seconds(2)) == nil)
    }

    @Test func `what a caller may is not what another may, nor with another project`() throws {
        var memory = RightsMemory(interval: .seconds(60))
        _ = memory.wait(key, now: start) { _ in }
        _ = memory.answer(key, .readable)

        for caller in [Caller(role: "authenticated", claims: "{ }"), Caller(role: "anon", claims: "{}")] {
            #expect(memory.find(.init(caller: caller, project: key.project), now: start) == nil)
        }
        let other = try #require(ProjectID("aaaaaaaa-0000-4000-8000-000000000002"))
        #expect(memory.find(.init(caller: key.caller, project: other), now: start) == nil)
        #expect(memory.wait(.init(caller: key.caller, project: other), now: start) { _ in })
    }

    @Test func `what is remembered is bounded, however long the claims are`() throws {
        var memory = RightsMemory(interval: .seconds(60))
        let claims = String(repeating: " ", count: 12_000)
        let callers = (0..<8_000).map { Caller(role: "authenticated", claims: "\($0)\(claims)") }

        for caller in callers {
            let key = RightsMemory.Key(caller: caller, project: key.project)
            _ = memory.wait(key, now: start) { _ in }
            _ = memory.answer(key, .readable)
        }
        let known = callers.count { memory.find(.init(caller: $0, project: key.project), now: start) != nil }

        #expect(2_000...6_000 ~= known, "\(known)")
    }
}
