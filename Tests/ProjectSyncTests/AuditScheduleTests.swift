import Testing

@testable import ProjectSync

@Suite struct AuditScheduleTests {
    private static let start = ContinuousClock.now

    /// Projects, and when each had its last turn.
    private struct Line {
        var schedule = AuditSchedule(interval: .seconds(30))
        var tickets: [ProjectID: UInt64] = [:]
        var turns: [ProjectID: ContinuousClock.Instant] = [:]
        var longest = Duration.zero
        var most = 0

        init(_ count: Int) throws {
            for number in 0..<count { try add(number, now: start) }
        }

        mutating func add(_ number: Int, now: ContinuousClock.Instant) throws {
            let digits = String(number + 1_000_000)
            let id = try projectID("aaaaaaaa-0000-4000-8000-00000" + digits)
            tickets[id] = schedule.add(id, now: now)
            turns[id] = now
        }

        /// All whose turn has come, who then line up again; some are gone by then.
        mutating func look(now: ContinuousClock.Instant, isGone: (ProjectID) -> Bool = { _ in false }) {
            var count = 0
            while true {
                let held = tickets
                let due = schedule.next(now: now) { held[$0] == $1 ? 1_000 : nil }
                if due.isEmpty { break }
                count += due.count
                for id in due {
                    longest = max(longest, now - (turns[id] ?? now))
                    tickets[id] = isGone(id) ? nil : schedule.add(id, now: now)
                    turns[id] = isGone(id) ? nil : now
                }
            }
            most = max(most, count)
        }
    }

    @Test(arguments: [1, 7, 500, 5_000])
    func `everybody has a turn within the interval, and never many at once`(count: Int) throws {
        var line = try Line(count)

        for tick in 1...240 { line.look(now: Self.start + .milliseconds(500) * tick) }

        let now = Self.start + .seconds(120)
        #expect(line.longest <= .seconds(30))
        #expect(line.turns.values.allSatisfy { now - $0 <= .seconds(30) })
        #expect(Double(line.most) <= (Double(count) / 45).rounded(.up) + 1)
    }

    @Test func `those who stay are in time when most go`() throws {
        var line = try Line(2_000)
        let staying = Set(line.tickets.keys.sorted { "\($0)" < "\($1)" }.suffix(5))

        for tick in 1...120 { line.look(now: Self.start + .milliseconds(500) * tick) { !staying.contains($0) } }

        let now = Self.start + .seconds(60)
        #expect(Set(line.turns.keys) == staying)
        #expect(line.turns.values.allSatisfy { now - $0 <= .seconds(30) })
    }

    @Test func `those who come are in time`() throws {
        var line = try Line(10)

        for tick in 1...240 {
            let now = Self.start + .milliseconds(500) * tick
            if tick < 100 { for number in 0..<20 { try line.add(tick * 100 + number, now: now) } }
            line.look(now: now)
        }

        #expect(line.longest <= .seconds(30))
        #expect(line.turns.values.allSatisfy { Self.start + .seconds(120) - $0 <= .seconds(30) })
    }

    @Test func `after a pause nobody is overdue for it`() throws {
        var line = try Line(5_000)
        line.look(now: Self.start)

        line.look(now: Self.start + .seconds(600))
        for tick in 1...60 { line.look(now: Self.start + .seconds(600) + .milliseconds(500) * tick) }

        #expect(line.most <= 113)
        #expect(line.turns.values.allSatisfy { $0 > Self.start + .seconds(600) })
    }

    @Test func `large projects go one by one`() throws {
        var schedule = AuditSchedule(interval: .seconds(30))
        let ids = try (0..<3).map { try projectID("aaaaaaaa-0000-4000-8000-00000000000\($0)") }
        for id in ids { _ = schedule.add(id, now: Self.start) }

        let due = (0...10).flatMap { tick in
            [schedule.next(now: Self.start + .seconds(5) * tick) { _, _ in 50 << 20 }]
        }

        #expect(due.allSatisfy { $0.count <= 1 })
        #expect(due.flatMap { $0 } == ids)
    }
}
