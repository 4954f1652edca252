import NIOCore

/// Whose turn it is to be compared with the database: every cached project's within the interval, at an even rate.
struct AuditSchedule {
    /// In which part of the interval all have their turn; the rest is for the comparison.
    private static let share = 0.75
    private static let most = 64
    private static let most_bytes = 4 << 20

    private struct Turn {
        let id: ProjectID
        let ticket: UInt64
        let since: ContinuousClock.Instant
    }

    private let span: Duration
    /// After a pause of this length nobody is overdue for it.
    private let pause: Duration
    private var turns = CircularBuffer<Turn>()
    private var lastTicket: UInt64 = 0
    /// How many turns have come, or parts of them.
    private var credit = 0.0
    private var lookedAt: ContinuousClock.Instant?
    private var resumedAt: ContinuousClock.Instant?

    init(interval: Duration) {
        span = interval * Self.share
        pause = max(span / 4, .seconds(1))
    }

    /// Lists a project behind the others. Who gives up the returned ticket, or loses it, is passed over.
    mutating func add(_ id: ProjectID, now: ContinuousClock.Instant) -> UInt64 {
        lastTicket += 1
        turns.append(Turn(id: id, ticket: lastTicket, since: now))
        return lastTicket
    }

    /// Lists a project before the others.
    mutating func addFirst(_ id: ProjectID, now: ContinuousClock.Instant) -> UInt64 {
        lastTicket += 1
        turns.prepend(Turn(id: id, ticket: lastTicket, since: now))
        return lastTicket
    }

    /// The projects whose turn has come. `size_bytes` is a project's size, if it still holds the ticket.
    mutating func next(now: ContinuousClock.Instant, size_bytes: (ProjectID, UInt64) -> Int?) -> [ProjectID] {
        if let lookedAt, now - lookedAt <= pause {
            credit += Double(turns.count) * ((now - lookedAt) / span)
        } else {
            (credit, resumedAt) = (0, now)
        }
        lookedAt = now
        var due: [ProjectID] = []
        var left_bytes = Self.most_bytes
        while due.count < Self.most, left_bytes > 0, let turn = turns.first {
            if let size = size_bytes(turn.id, turn.ticket) {
                guard credit >= 1 || now - max(turn.since, resumedAt ?? now) >= span else { break }
                credit = max(0, credit - 1)
                left_bytes -= size
                due.append(turn.id)
            }
            turns.removeFirst()
        }
        return due
    }
}
