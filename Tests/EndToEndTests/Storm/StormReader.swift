import Synchronization

/// A client that reads one project after the other.
final class StormReader: Sendable {
    private let number: Int
    private let observers = Mutex<[String: StormObserver]>([:])

    init(_ number: Int) {
        self.number = number
    }

    func checkSights(in world: StormWorld) {
        for project in world.projects where world.ledger.follows(project.id) {
            let states = world.ledger.states(of: project.id)
            let (checked, violation) = observers.withLock {
                $0[project.id, default: StormObserver()].check(against: states)
            }
            world.counts.add(.observations, checked)
            if let violation { world.find("reader \(number): \(violation)", of: project.id) }
        }
    }

    /// Until the task is cancelled.
    func run(in world: StormWorld) async {
        var random = world.random(2_000 + number)
        var tags: [String: String] = [:]
        let client = HTTPClient(port: world.ports[number % world.ports.count])
        while !Task.isCancelled {
            let project = random.pick(world.projects)
            // A fresh read mends what is wrong in the cache, so most projects are spared them most of the time.
            let isFresh = random.chance(0.5) && world.isHour(of: project)
            let tag = random.chance(0.5) ? tags[project.id] : nil
            var headers = isFresh ? ["Cache-Control": "no-cache"] : [:]
            headers["If-None-Match"] = tag
            let begin = ContinuousClock.now
            do {
                let answer = try await client.get("/v1/projects/\(project.id)", headers, within: .seconds(15))
                world.counts.add(isFresh ? .freshReads : .reads)
                take(answer, project, tag, world, least: least(for: answer, project, isFresh, begin, world))
                tags[project.id] = answer.etag
                try await Task.sleep(for: random.milliseconds(1...25))
            } catch {
                if Task.isCancelled { return }
                if world.excusesSilence { continue }
                world.find("reader \(number): no answer: \(error)", of: project.id)
            }
        }
    }

    /// Asks for an answer that holds all that was committed before: here, by the only one who writes to the project.
    func readOwn(_ project: StormProject, in world: StormWorld) async {
        let least = world.ledger.newest(of: project.id)
        let client = HTTPClient(port: world.ports[number % world.ports.count])
        do {
            let answer = try await client.get(
                "/v1/projects/\(project.id)", ["Cache-Control": "no-cache"], within: .seconds(15))
            world.counts.add(.ownReads)
            take(answer, project, nil, world, least: least)
        } catch {
            if !world.excusesSilence { world.find("reader \(number): no answer: \(error)", of: project.id) }
        }
    }

    /// What was committed when the answer says that it was last known to be the database's state, it has to have.
    private func least(
        for answer: HTTPAnswer, _ project: StormProject, _ isFresh: Bool, _ begin: ContinuousClock.Instant,
        _ world: StormWorld
    ) -> Int64? {
        if isFresh { return world.ledger.newest(of: project.id, at: begin) }
        guard !world.excusesLag, let age = answer["Age"].flatMap({ Int64($0) }) else { return nil }
        // A whole number of seconds, rounded down.
        return world.ledger.newest(of: project.id, at: begin - .seconds(age + 1))
    }

    /// The database is an older one.
    func forget() {
        observers.withLock { $0 = [:] }
    }

    private func take(
        _ answer: HTTPAnswer, _ project: StormProject, _ tag: String?, _ world: StormWorld, least: Int64? = nil
    ) {
        switch answer.status {
        case 200:
            guard let text = answer.generatedOutput(of: project.id), let revision = answer.etag?.dropFirst().dropLast()
            else { return world.find("a body that is no project: \(answer.text.prefix(300))", of: project.id) }
            if !world.revisions.note(String(revision), text) {
                world.find("revision \(revision) stands for two states, now \(text)", of: project.id)
            }
            guard world.ledger.follows(project.id) else { return }
            observers.withLock {
                $0[project.id, default: StormObserver()].see(
                    whole: text,
                    from: "GET \(answer["Cache-Status"] ?? "") Age \(answer["Age"] ?? "none") \(revision)", least: least
                )
            }
        case 304:
            world.counts.add(.notModified)
            if answer.etag != tag { world.find("304 for \(tag ?? "no tag"), but \(answer.etag ?? "")", of: project.id) }
        case 404 where project.writer == nil: break
        case 503: world.counts.add(.unavailable)
        default: world.find("status \(answer.status): \(answer.text.prefix(300))", of: project.id)
        }
    }
}
