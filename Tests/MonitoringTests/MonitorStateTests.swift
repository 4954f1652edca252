import ProjectSync
import Testing

@testable import Monitoring

struct MonitorStateTests {
    private static let start: Int64 = 1_800_000_000_000_000
    private var state = MonitorState()

    /// At so many milliseconds after the start, with a statement 2 ms before and a transaction 5 ms before.
    private mutating func hear(
        _ operation: Change.Operation, of project: Int = 1, rows: Int = 1, session: Int32 = 1, at time: Int64,
        overwritten: Int = 0
    ) throws {
        let id = try #require(Changes.id(project))
        let now = Self.start / 1_000 + time
        let change = Changes.change(
            operation, of: id, session: session, began: now - 5, at: now - 2, rows: rows)
        state.note([change], overwritten: overwritten > 0 ? [id: overwritten] : [:], now: now * 1_000)
    }

    private mutating func report(_ window: MonitorWindow = .minute, at time: Int64) -> MonitorReport {
        state.report(window, atMost: 100, now: Self.start + time * 1_000)
    }

    @Test mutating func `rows count by what was done to them, for a project and for all`() throws {
        try hear(.insert, rows: 3, at: 0)
        try hear(.update, rows: 2, at: 100, overwritten: 1)
        try hear(.delete, rows: 1, at: 200)
        try hear(.insert, of: 2, rows: 10, at: 300)
        try hear(.projectUpdate, of: 2, rows: 1, at: 300)

        let report = report(at: 400)

        #expect(report.projects.map(\.id) == [Changes.id(2), Changes.id(1)])
        let one = try #require(report.projects.last?.activity.total)
        #expect((one.inserted, one.updated, one.deleted, one.overwritten) == (3, 2, 1, 1))
        #expect(report.overall.total.inserted == 13)
        #expect(report.overall.total.rows == 16)
        #expect(report.overall.perSecond.last == 16)
        #expect(state.overall.overwrittenEver == 1)
    }

    @Test mutating func `a minute forgets what the hour still knows`() throws {
        try hear(.insert, rows: 6, at: 0)

        #expect(report(at: 61_000).overall.total.rows == 0)
        #expect(report(at: 61_000).projects.isEmpty)
        #expect(report(.hour, at: 61_000).overall.total.rows == 6)
        #expect(report(.hour, at: 61_000).projects.count == 1)
        #expect(report(.hour, at: 3_700_000).overall.total.rows == 0)
    }

    @Test mutating func `sessions and the overlap of their transactions are told`() throws {
        for session in 1...4 as ClosedRange<Int32> { try hear(.insert, session: session, at: 1_000) }
        try hear(.insert, session: 1, at: 1_500)

        let now = report(at: 1_900)
        let later = report(at: 30_000)

        #expect(now.overall.sessions == 4)
        #expect(now.overall.overlap == 4)
        #expect(later.overall.overlap == 0)
        #expect(later.overall.total.overlap == 4)
        #expect(report(at: 120_000).overall.sessions == 0)
        #expect(report(.hour, at: 120_000).overall.sessions == 4)
    }

    @Test mutating func `latencies are told by the database's clock`() throws {
        state.measured(serverClockAhead_microseconds: 1_000_000)
        let id = try #require(Changes.id())
        let now = Self.start + 1_000_000
        state.note(
            [Changes.change(.insert, of: id, began: now / 1_000 + 990, at: now / 1_000 + 996)], overwritten: [:],
            now: now)

        let took = state.note(
            Delivery(project: id, writtenAt_microseconds: now + 996_000, streams: 7), now: now + 2_000)

        #expect(took == 6_000)
        let report = report(at: 1_100)
        #expect(report.overall.arrival?.p50_microseconds.map { 3_700...4_300 ~= $0 } == true)
        #expect(report.projects.first?.activity.delivery.p99_microseconds.map { 5_600...6_400 ~= $0 } == true)
    }

    @Test mutating func `a delivery counts for its project though it is told of before the change`() throws {
        let id = try #require(Changes.id())

        _ = state.note(Delivery(project: id, writtenAt_microseconds: Self.start, streams: 1), now: Self.start + 2_000)
        try hear(.insert, of: 1, at: 0)

        let delivery = report(at: 0).projects.first?.activity.delivery
        #expect(delivery?.p50_microseconds.map { 1_800...2_200 ~= $0 } == true)
    }

    @Test mutating func `of many projects the busiest are kept, and memory is bounded`() throws {
        try hear(.insert, of: 1, rows: 1_000, at: 0)
        for project in 2...5_000 { try hear(.insert, of: project, at: 100) }
        #expect(state.projects.count == MonitorState.kept + MonitorState.newcomers)

        try hear(.insert, of: 9_999, at: 7_000)

        #expect(state.projects.count == MonitorState.kept + 1)
        #expect(report(at: 7_000).projects.first?.id == Changes.id(1))
        #expect(report(at: 7_000).projects.count == 100)
        #expect(report(at: 7_000).overall.total.rows == 6_000)
    }

    @Test mutating func `projects that have been idle for an hour make room for new ones`() throws {
        let most = MonitorState.kept + MonitorState.newcomers
        for project in 1...most { try hear(.insert, of: project, at: Int64(project) * 1_000) }

        // The last of them is idle for over an hour then.
        let later = Int64(most + 3_700) * 1_000
        for project in 1...10 { try hear(.insert, of: most + project, at: later) }

        #expect(report(at: later).projects.count == 10)
        #expect(state.projects.count == 10)
    }

    @Test mutating func `a clock that goes back begins anew, and forgets no total`() throws {
        try hear(.update, at: 700_000, overwritten: 1)

        try hear(.insert, rows: 3, at: 100_000)

        #expect(report(at: 100_500).overall.total.inserted == 3)
        #expect(report(at: 100_500).overall.perSecond.last == 3)
        #expect(state.overall.overwrittenEver == 1)
    }

    @Test mutating func `a change of all projects counts for all`() throws {
        let truncate = Change(
            operation: .truncate, project: nil, xid: 1, n: 1, statementTime_microseconds: Self.start,
            transactionTime_microseconds: Self.start, backendPID: 1, rows: 0, effect: .reload)

        state.note([truncate], overwritten: [:], now: Self.start + 1_000)

        #expect(report(at: 2).overall.sessions == 1)
        #expect(report(at: 2).projects.isEmpty)
    }
}
