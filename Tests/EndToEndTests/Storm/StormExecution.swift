import Postgres

/// Carries out one transaction, and notes the states it leads through where they are followed.
struct StormExecution {
    let world: StormWorld
    let writer: Int
    let session: Session

    func run(_ transaction: StormTransaction) async throws {
        let isFollowed = transaction.project.writer != nil
        try await session.query("BEGIN ISOLATION LEVEL \(transaction.isolation)")
        count(transaction)
        // Else a TRUNCATE could come between a snapshot and the first use of the table, which then looks empty.
        if isFollowed { try await session.query("LOCK TABLE generated_images IN ROW EXCLUSIVE MODE") }
        var states: [(project: String, entry: StormLedger.Entry)] = []
        var statesAtSavepoint = 0
        for step in transaction.steps {
            switch step {
            case .savepoint:
                try await session.query("SAVEPOINT here")
                statesAtSavepoint = states.count
            case .rollbackTo:
                try await session.query("ROLLBACK TO SAVEPOINT here")
                states.removeSubrange(statesAtSavepoint...)
                world.counts.add(.savepointRollbacks)
                world.history.add(transaction.project.id, "writer \(writer) rolls back to the savepoint")
            case .release: try await session.query("RELEASE SAVEPOINT here")
            case .pause(let duration):
                try await Task.sleep(for: duration)
                await world.gate.pauseInTransaction()
            case .statement(let statement):
                try await carryOut(statement, on: transaction.project)
                let followed = followedProjects(statement, transaction.project)
                guard !followed.isEmpty else { continue }
                for (project, entries) in try await StormSchema.entries(of: followed, by: session) {
                    states += entries.map { (project, $0) }
                }
            }
        }
        try await end(transaction, states)
    }

    private func followedProjects(_ statement: StormStatement, _ project: StormProject) -> [String] {
        if statement.kinds.contains(.truncates) { return world.projects.filter { $0.writer != nil }.map(\.id) }
        return project.writer == nil ? [] : [project.id]
    }

    private func carryOut(_ statement: StormStatement, on project: StormProject) async throws {
        do {
            try await session.query(statement.sql, statement.parameters)
            world.history.add(project.id, "writer \(writer) \(StormHistory.line(statement))")
        } catch {
            world.history.add(project.id, "writer \(writer) failed: \(error): \(StormHistory.line(statement))")
            throw error
        }
        world.counts.add(.statements)
        for kind in statement.kinds where kind != .statements { world.counts.add(kind) }
    }

    private func end(
        _ transaction: StormTransaction, _ states: [(project: String, entry: StormLedger.Entry)]
    ) async throws {
        guard transaction.commits else {
            try await session.query("ROLLBACK")
            world.counts.add(.rollbacks)
            return world.history.add(transaction.project.id, "writer \(writer) ROLLBACK")
        }
        do {
            try await session.query("COMMIT")
        } catch PostgresError.server(let error) {
            throw PostgresError.server(error)
        } catch {
            // It may have been committed all the same.
            for (project, entry) in states { world.ledger.add([entry], to: project, isCertain: false) }
            throw error
        }
        for (project, entry) in states { world.ledger.add([entry], to: project) }
        world.counts.add(.commits)
        world.history.add(transaction.project.id, "writer \(writer) COMMIT")
    }

    private func count(_ transaction: StormTransaction) {
        world.counts.add(.transactions)
        if transaction.isLong { world.counts.add(.longTransactions) }
        if transaction.isolation == "SERIALIZABLE" { world.counts.add(.serializable) }
        if transaction.isolation == "REPEATABLE READ" { world.counts.add(.repeatableRead) }
    }
}
