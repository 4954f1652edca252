import Postgres
import PostgresTestSupport

/// One writer of the app: one transaction after the other, each as likely to fail as real ones are.
struct StormWriter {
    let number: Int
    let world: StormWorld
    private let reader: StormReader
    private var random: StormRandom
    private var session: Session?

    /// `reader` is how it sees its own writes.
    init(_ number: Int, _ world: StormWorld, reader: StormReader) {
        self.number = number
        self.world = world
        self.reader = reader
        random = world.random(100 + number)
    }

    mutating func run() async {
        while world.beginTransaction() {
            await world.gate.enter()
            if random.chance(0.008), await StormCopy.run(into: random.pick(world.sharedProjects), in: world, &random) {
                world.counts.add(.copies)
            } else if let own, random.chance(0.02) {
                await burst(own)
            } else if random.chance(0.04) {
                await thereAndBack()
            } else {
                await carryOut(plan())
            }
            if let own, random.chance(0.05) { await reader.readOwn(own, in: world) }
            world.gate.leave()
        }
        await session?.close()
    }

    private var own: StormProject? {
        world.projects.first { $0.writer == number }
    }

    private mutating func plan() -> StormTransaction {
        let project = random.chance(0.35) ? own ?? world.projects[0] : random.pick(world.sharedProjects)
        if random.chance(0.004) { return truncation(project) }
        var statements = StormStatements(world: world, random: random)
        defer { random = statements.random }
        let isLong = random.chance(0.04)
        var steps: [StormTransaction.Step] = []
        for _ in 0..<random.int(1...(random.chance(0.5) ? 1 : 4)) {
            let isUndone = random.chance(0.12)
            let hasSavepoint = isUndone || random.chance(0.08)
            if hasSavepoint { steps.append(.savepoint) }
            steps += statements.next(on: project).map { .statement($0) }
            if hasSavepoint { steps.append(isUndone ? .rollbackTo : .release) }
            if isLong { steps.append(.pause(pause())) }
        }
        let isolation = random.chance(0.8) ? "READ COMMITTED" : random.pick(["REPEATABLE READ", "SERIALIZABLE"])
        return StormTransaction(
            isolation: isolation, isLong: isLong, commits: random.chance(0.9), project: project, steps: steps)
    }

    /// Many scenes change, and soon are as they were: a revision comes again.
    private mutating func thereAndBack() async {
        let project = random.chance(0.5) ? own ?? world.projects[0] : random.pick(world.sharedProjects)
        let statement = StormStatement(
            "UPDATE generated_images SET image_url = reverse(image_url) WHERE content_creation_request_id = $1",
            [project.id], .returns)
        for _ in 0..<2 {
            await carryOut(
                StormTransaction(
                    isolation: "READ COMMITTED", isLong: false, commits: true, project: project,
                    steps: [.statement(statement)]))
            try? await Task.sleep(for: random.milliseconds(0...30))
        }
    }

    private mutating func pause() -> Duration {
        let pause = random.milliseconds(random.chance(0.1) ? 1_000...3_000 : 100...600)
        return min(pause, .milliseconds(world.settings.longestPause_milliseconds))
    }

    private func truncation(_ project: StormProject) -> StormTransaction {
        let statement = StormStatement("TRUNCATE generated_images", [], .truncates)
        return StormTransaction(
            isolation: "READ COMMITTED", isLong: false, commits: true, project: project, steps: [.statement(statement)])
    }

    private mutating func burst(_ project: StormProject) async {
        do {
            let session = try await opened()
            try await StormBurst(world: world, project: project, session: session, reader: reader).run(&random)
        } catch {
            // A script that failed leaves its transaction open.
            await session?.close()
            session = nil
        }
    }

    private mutating func carryOut(_ transaction: StormTransaction) async {
        for _ in 0..<6 {
            do {
                let session = try await opened()
                try await StormExecution(world: world, writer: number, session: session).run(transaction)
                return
            } catch PostgresError.server(let error) {
                world.counts.add(.rollbacks)
                do { try await session?.query("ROLLBACK") } catch { session = nil }
                guard ["40001", "40P01"].contains(error.sqlstate) else { return note(error) }
                world.counts.add(.retries)
            } catch {
                world.counts.add(.lostSessions)
                await session?.close()
                session = nil
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// What may go wrong in a storm: places and projects that others have taken or removed, locks, odd documents.
    private func note(_ error: ServerError) {
        world.counts.add(.failures)
        let expected = ["23505", "23503", "55P03", "22023", "22P02", "57P01", "57P02", "57P03", "53100", "25006"]
        if !expected.contains(error.sqlstate) { world.findings.add("a writer failed: \(error)") }
    }

    private mutating func opened() async throws -> Session {
        if let session, !session.isLost { return session }
        let opened = try await world.database.open(as: .writer)
        try await opened.query("SET lock_timeout = '250ms'")
        session = opened
        return opened
    }
}
