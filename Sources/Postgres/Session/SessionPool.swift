/// A few sessions over one loop, opened when they are wanted and again after a loss. A query goes to the least busy one.
package actor SessionPool {
    private struct Slot {
        var session: Promise<Session>?
        var load = 0
    }

    private let settings: ConnectionSettings
    private let loop: PollLoop
    private var slots: [Slot]

    package init(_ settings: ConnectionSettings, size: Int, on loop: PollLoop) {
        precondition(size > 0, "a pool without sessions")
        self.settings = settings
        self.loop = loop
        slots = Array(repeating: Slot(), count: size)
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    @discardableResult
    package func query(_ sql: String, _ parameters: [String?] = [], deadline: Duration? = nil) async throws -> Rows {
        try await withSession { try await $0.query(sql, parameters, deadline: deadline) }
    }

    @discardableResult
    package func queryPrepared(
        _ sql: String, _ parameters: [String?] = [], deadline: Duration? = nil
    ) async throws -> Rows {
        try await withSession { try await $0.queryPrepared(sql, parameters, deadline: deadline) }
    }

    /// Ends all sessions; a later query opens one again.
    package func close() async {
        for index in slots.indices {
            let opening = slots[index].session
            slots[index].session = nil
            if case .success(let session) = opening?.result {
                await session.close()
            }
        }
    }

    private func withSession<R: Sendable>(_ body: (Session) async throws -> R) async throws -> R {
        let index = try choose()
        slots[index].load += 1
        defer { slots[index].load -= 1 }
        guard let opening = slots[index].session else { throw PostgresError.connectionLost("closed") }
        return try await body(opening.value())
    }

    /// An idle session, else a new one, else the least busy.
    private func choose() throws(PostgresError) -> Int {
        let order = slots.indices.min { rank($0) < rank($1) } ?? 0
        if !isUsable(slots[order]) {
            slots[order].session = try Session.opening(settings, on: loop)
        }
        return order
    }

    private func rank(_ index: Int) -> (Int, Int) {
        (slots[index].load, isUsable(slots[index]) ? 0 : 1)
    }

    private func isUsable(_ slot: Slot) -> Bool {
        switch slot.session?.result {
        case .success(let session): !session.isLost
        case .failure: false
        case nil: slot.session != nil
        }
    }
}
