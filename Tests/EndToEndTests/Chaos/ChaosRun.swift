import Testing

/// One fault after the other in a storm, and after each the question whether everything is as it was.
struct ChaosRun {
    /// What the contract allows for noticing.
    private static let noticing = Duration.seconds(3)
    /// How long somebody may be shown an old state as a live one: noticing, and his own slowness.
    private static let oldest = Duration.seconds(5)
    /// How long connections and memory may take to be as they were.
    private static let clearing = Duration.seconds(20)
    private static let looks = Duration.milliseconds(100)

    let stage: ChaosStage
    private(set) var board = Scoreboard()

    init(_ stage: ChaosStage) {
        self.stage = stage
    }

    private var world: StormWorld { stage.world }

    /// In a storm that rages already: each fault once, and then in other orders until the time is over. Ends with the
    /// first finding.
    mutating func run(_ faults: [Fault]) async {
        await withTaskGroup { group in
            group.addTask { [stage] in await stage.watch.run() }
            group.addTask { [stage] in await Self.watchStreams(of: stage) }
            do {
                try await stage.storm.audit.run(admittingOpenTransactions: false)
                let base = try await Footprint.take(stage)
                try await befall(faults, base)
            } catch {
                world.findings.add("the chaos broke off: \(error)")
            }
            group.cancelAll()
        }
    }

    private mutating func befall(_ faults: [Fault], _ base: Footprint) async throws {
        let end = ContinuousClock.now + (stage.settings.span ?? .zero)
        var random = world.random(6_000)
        var round = faults
        var isFirst = true
        repeat {
            for fault in round where world.findings.isEmpty {
                // The first round is whole, however long it takes.
                if !isFirst, ContinuousClock.now >= end { return }
                try await befall(fault, base)
            }
            round = faults.shuffled(using: &random)
            isFirst = false
        } while ContinuousClock.now < end && world.findings.isEmpty
    }

    private mutating func befall(_ fault: Fault, _ base: Footprint) async throws {
        var score = ChaosScore(fault: fault.name)
        defer { board.add(score) }
        if let obstacle = fault.obstacle(stage) {
            score.obstacle = "left out, \(obstacle)"
            if stage.settings.isLong { find("could not be had: \(obstacle)", fault) }
            return
        }
        let (commits, events) = (world.counts[.commits], world.counts[.events])
        let divergences = try await stage.storm.divergences().count
        stage.watch.noteStrike()
        try await fault.begin(stage)
        try await Task.sleep(for: fault.span)
        try await fault.heal(stage)
        stage.watch.noteHealing()
        world.noteStrike()
        score.converged = try await converge(fault)
        score.noticed = stage.watch.noticed
        score.commits = world.counts[.commits] - commits
        score.events = world.counts[.events] - events
        score.losses = world.counts[.differences]
        if fault.isNoticed, score.noticed.map({ $0 > Self.noticing * stage.settings.patience }) ?? true {
            find("was noticed after \(score.noticed.map { "\($0)" } ?? "no time")", fault)
        }
        let isFound = try await stage.storm.divergences().count > divergences
        if isFound != fault.isUnannounced {
            find(isFound ? "the audit gave a false alarm" : "the audit has found nothing", fault)
        }
        score.footprint = try await clear(fault, base)
    }

    /// How long it took until everybody had what the database has, the time until the writers stopped not counted.
    private func converge(_ fault: Fault) async throws -> Duration {
        let grace = fault.grace * stage.settings.patience
        let deadline = ContinuousClock.now + grace
        while stage.watch.recovered == nil, ContinuousClock.now < deadline {
            try await Task.sleep(for: Self.looks / 10)
        }
        guard let recovered = stage.watch.recovered else {
            find("the daemon was not ready \(grace) after it", fault)
            return grace
        }
        let lag = try await stage.storm.audit.run(admittingOpenTransactions: false)
        if fault.isUnannounced { world.excusesLag = false }
        let converged = recovered + lag
        if converged > grace { find("everybody had what the database has after \(converged)", fault) }
        return converged
    }

    private func clear(_ fault: Fault, _ base: Footprint) async throws -> Footprint {
        let deadline = ContinuousClock.now + Self.clearing
        while true {
            let now = try await Footprint.take(stage)
            guard let excess = now.excess(over: base) else { return now }
            guard ContinuousClock.now < deadline, world.findings.isEmpty else {
                find("\(Self.clearing) later the daemon has \(excess)", fault)
                return now
            }
            try await Task.sleep(for: Self.looks)
        }
    }

    private func find(_ what: String, _ fault: Fault) {
        world.findings.add("seed \(world.settings.seed), \(fault.name): \(what)")
    }

    /// Looks for streams that are called live and are not. Until the task is cancelled.
    private static func watchStreams(of stage: ChaosStage) async {
        while !Task.isCancelled {
            let suspects = stage.storm.streams.filter { $0.lag(beyond: oldest, in: stage.world) != nil }
            // Perhaps they were only just about to read.
            try? await Task.sleep(for: looks * 5)
            for stream in suspects {
                guard let lag = stream.lag(beyond: oldest + looks * 5, in: stage.world) else { continue }
                stage.world.find("a stream: \(lag.what)", of: lag.project.id, stream.recentEvents)
            }
        }
    }
}
