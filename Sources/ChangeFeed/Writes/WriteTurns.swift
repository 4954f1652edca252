import ProjectSync

/// Decides whose turn it is: one write of a project at a time, since in the database they wait for each other anyway,
/// and as many projects at once as there may be sessions.
struct WriteTurns {
    typealias Ticket = UInt64

    private let limit: Int
    private var running: Set<ProjectID> = []
    private var waiting: [(ticket: Ticket, project: ProjectID)] = []
    private var tickets: Ticket = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// nil: it is its turn at once; else it has to wait for this one.
    mutating func ask(_ project: ProjectID) -> Ticket? {
        if running.count < limit, running.insert(project).inserted { return nil }
        tickets += 1
        waiting.append((tickets, project))
        return tickets
    }

    /// A turn has ended. Returns whose begins.
    mutating func end(_ project: ProjectID) -> Ticket? {
        running.remove(project)
        guard let next = waiting.firstIndex(where: { !running.contains($0.project) }) else { return nil }
        let (ticket, project) = waiting.remove(at: next)
        running.insert(project)
        return ticket
    }

    /// It does not wait any more. Whether it did: else it is its turn.
    mutating func leave(_ ticket: Ticket) -> Bool {
        guard let place = waiting.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiting.remove(at: place)
        return true
    }
}
