import Testing

@testable import scenesync

struct ServiceStateTests {
    private let begin = ContinuousClock.now

    private func messages(
        _ state: inout ServiceState, _ turns: [(at: Duration, lack: String?)]
    ) -> [String?] {
        turns.map { turn in state.turn(now: begin + turn.at) { turn.lack } }
    }

    @Test func `a daemon is started once it lacks nothing, and what it lacks is said until then`() {
        var state = ServiceState(watchdog: nil, now: begin)

        let said = messages(
            &state,
            [
                (.milliseconds(10), "no\ndatabase"), (.seconds(1), "no\ndatabase"), (.seconds(2), nil),
                (.seconds(3), nil), (.seconds(4), "lost"), (.seconds(5), nil),
            ])

        #expect(said == ["STATUS=no database", nil, "READY=1\nSTATUS=live", nil, "STATUS=lost", "STATUS=live"])
    }

    @Test func `a database that does not come keeps no daemon from starting for ever`() {
        var state = ServiceState(watchdog: nil, now: begin)

        let said = messages(
            &state, [(.seconds(19), "away"), (.milliseconds(19_990), "away"), (.milliseconds(20_300), "away")])

        #expect(said == ["STATUS=away", nil, "READY=1"])
    }

    @Test func `the watchdog gets its food four times in its patience, whatever the daemon lacks`() {
        var state = ServiceState(watchdog: .seconds(8), now: begin)

        let said = messages(
            &state, (0..<20).map { (at: .milliseconds(500 * $0), lack: $0 < 10 ? "away" : nil) })

        let fed = said.enumerated().filter { $0.element?.contains("WATCHDOG=1") == true }.map(\.offset)
        #expect(fed == [0, 4, 8, 12, 16])
    }

    @Test func `who stops is not called started or live any more, and is fed to the end`() {
        var state = ServiceState(watchdog: .seconds(4), now: begin)

        let stop = state.stop()
        let said = messages(&state, [(.seconds(1), nil), (.milliseconds(1_500), nil), (.seconds(2), nil)])

        #expect(stop == "STOPPING=1\nSTATUS=stopping")
        #expect(said == ["WATCHDOG=1", nil, "WATCHDOG=1"])
    }
}
