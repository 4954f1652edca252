import Postgres
import PostgresTestSupport
import Synchronization

/// Stops the writers and compares everything that anybody can see with the database.
final class StormAudit: Sendable {
    private struct Difference {
        let what: String
        /// Whether it is wrong even if it should pass.
        let isFinal: Bool
    }

    private static let workers = 10

    private let world: StormWorld
    private let streams: [StormStream]
    private let readers: [StormReader]
    private let clients: [HTTPClient]
    private let worst = Mutex<Duration>(.zero)

    init(_ world: StormWorld, _ streams: [StormStream], _ readers: [StormReader]) {
        self.world = world
        self.streams = streams
        self.readers = readers
        clients = world.ports.map { HTTPClient(port: $0) }
    }

    /// The longest that a difference lasted after the last commit.
    var worstLag: Duration {
        worst.withLock { $0 }
    }

    /// `next` is done before the writers go on. Returns how long a difference lasted once they had stopped.
    @discardableResult
    func run(admittingOpenTransactions: Bool, then next: () async throws -> Void = {}) async throws -> Duration {
        await world.gate.close(admittingOpenTransactions: admittingOpenTransactions)
        defer {
            world.isTruce = false
            world.gate.open()
        }
        let begin = ContinuousClock.now
        try await compare(mayBeUnsafe: admittingOpenTransactions)
        let lag = ContinuousClock.now - begin
        if world.findings.isEmpty { try await next() }
        return lag
    }

    private func compare(mayBeUnsafe: Bool) async throws {
        let begin = ContinuousClock.now
        let expected = try await expectation()
        var wasDisturbed = false
        for client in clients {
            guard let tries = try await waitUntilReady(client, orUnsafe: mayBeUnsafe) else {
                return world.counts.add(.unsafeAudits)
            }
            wasDisturbed = wasDisturbed || tries > 0
        }
        try await compare(with: expected)
        if !wasDisturbed { worst.withLock { $0 = max($0, ContinuousClock.now - begin) } }
        if world.excusesLag {
            // What is announced is applied to what is not known to be another state.
            forgetSights()
        } else {
            for stream in streams { stream.checkSights(in: world) }
            for reader in readers { reader.checkSights(in: world) }
        }
        world.counts.add(.audits)
    }

    /// What was seen until now is not to be compared with the states to come.
    func forgetSights() {
        for stream in streams { stream.forget() }
        for reader in readers { reader.forget() }
    }

    private func expectation() async throws -> [String: String] {
        let session = try await world.database.open(as: .owner)
        let expected = try await Oracle(session).generatedOutputs(of: world.projects.map(\.id))
        try await StormSchema.collect(world, by: session)
        await session.close()
        return expected
    }

    /// Returns how often it was asked in vain; nil if a daemon waits for a transaction, which may wait for this audit.
    private func waitUntilReady(_ client: HTTPClient, orUnsafe: Bool) async throws -> Int? {
        let deadline = ContinuousClock.now + world.settings.recovery
        var tries = 0
        while true {
            let answer = try await client.get("/readyz")
            if answer.status == 200 { return tries }
            if orUnsafe, answer.text.contains("not safe") { return nil }
            guard ContinuousClock.now < deadline else {
                world.find("not ready after \(world.settings.recovery): \(answer.text)", of: "any")
                return tries
            }
            tries += 1
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func compare(with expected: [String: String]) async throws {
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.workers {
                group.addTask {
                    for (number, project) in self.world.projects.enumerated() where number % Self.workers == worker {
                        try await self.compare(project, with: expected[project.id], since: begin)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func compare(
        _ project: StormProject, with expected: String?, since begin: ContinuousClock.Instant
    ) async throws {
        // First what the caches have: a fresh read would mend them. All of them name one revision. They are asked
        // together: what nobody sees, as a row without a scene, has a revision, too.
        try await wait(for: project, expected, "a read", begin) {
            var tags: [String] = []
            for (number, client) in self.clients.enumerated() {
                let (status, text, tag) = try await self.read(project, [:], from: client)
                if let difference = Self.compare(text, status, expected, isFinal: false) {
                    return Difference(what: "daemon \(number) \(difference.what)", isFinal: false)
                }
                if let tag { tags.append(tag) }
            }
            guard Set(tags).count > 1 else { return nil }
            return Difference(what: "the daemons are at \(tags.joined(separator: " and "))", isFinal: false)
        }
        for stream in streams where stream.projects.contains(project) {
            let found = try await wait(for: project, expected, "a stream", begin) {
                // Asked anew: what was read first may lack what nobody sees.
                let (_, _, revision) = try await self.read(project, [:], from: self.clients[0])
                return stream.difference(of: project, from: expected, revision: revision).map {
                    Difference(what: $0, isFinal: false)
                }
            }
            if found { world.findings.add(stream.recentEvents) }
        }
        try await wait(for: project, expected, "the fresh read", begin) {
            let (status, text, _) = try await self.read(project, ["Cache-Control": "no-cache"], from: self.clients[0])
            // Whatever the feed has heard: nobody writes, so a load that was made now has it all.
            return Self.compare(text, status, expected, isFinal: status != 503)
        }
    }

    private static func compare(_ text: String?, _ status: Int, _ expected: String?, isFinal: Bool) -> Difference? {
        if let text, let expected, text.hasSameBytes(as: expected) { return nil }
        if expected == nil, status == 404 { return nil }
        return Difference(what: "shows \(text ?? "status \(status)")", isFinal: isFinal)
    }

    private func read(
        _ project: StormProject, _ headers: [String: String], from client: HTTPClient
    ) async throws -> (Int, String?, String?) {
        let answer = try await client.get("/v1/projects/\(project.id)", headers)
        world.counts.add(.comparisons)
        return (
            answer.status, answer.status == 200 ? answer.generatedOutput(of: project.id) ?? answer.text : nil,
            answer.etag.map { String($0.dropFirst().dropLast()) }
        )
    }

    /// Returns whether a difference was left.
    @discardableResult
    private func wait(
        for project: StormProject, _ expected: String?, _ what: String, _ begin: ContinuousClock.Instant,
        _ difference: () async throws -> Difference?
    ) async throws -> Bool {
        while let found = try await difference() {
            // The nemesis does not wait for audits, but for what lasts.
            if ContinuousClock.now > begin + world.settings.patience { world.isTruce = true }
            let deadline = max(begin, world.lastStrike ?? begin) + world.settings.patience
            if found.isFinal || ContinuousClock.now > deadline {
                world.find("\(what): \(found.what)", of: project.id, "expected \(expected ?? "no project")")
                return true
            }
            try await Task.sleep(for: .milliseconds(15))
        }
        return false
    }
}
