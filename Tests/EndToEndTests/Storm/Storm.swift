import Postgres
import PostgresTestSupport

/// All parts of a storm, started together and ended in order.
struct Storm {
    let world: StormWorld
    private let daemons: [DaemonProcess]
    let streams: [StormStream]
    let readers: [StormReader]
    let audit: StormAudit
    /// How the daemons fare meanwhile.
    let trends: [StormTrend]

    init(_ daemons: [DaemonProcess], _ database: Database, _ settings: StormSettings = .current) {
        self.daemons = daemons
        trends = daemons.map { StormTrend($0) }
        world = StormWorld(
            settings, database: database, ports: daemons.map(\.port), projects: StormSchema.projects(settings))
        // A third of the projects has no stream, so that something can be evicted.
        let watched = world.projects.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
        streams = (0..<settings.streams + settings.jointStreams).map { number in
            let isJoint = number >= settings.streams
            let projects = (0..<(isJoint ? 2 + number % 3 : 1)).map { watched[(number + $0) % watched.count] }
            return StormStream(number, of: projects, isSlow: number < settings.slowStreams)
        }
        readers = (0..<settings.readers + settings.writers).map { StormReader($0) }
        audit = StormAudit(world, streams, readers)
    }

    func run() async throws {
        try await run {
            await withTaskGroup { group in
                group.addTask { await StormNemesis(world: world, daemons: daemons).run() }
                for trend in trends { group.addTask { await trend.run(in: world) } }
                do {
                    try await conduct()
                } catch {
                    world.findings.add("the storm broke off: \(error)")
                }
                group.cancelAll()
            }
        }
    }

    /// Writes, reads and watches until `conduct` has returned.
    func run(_ conduct: () async -> Void) async throws {
        try await StormSchema.fill(world)
        await withTaskGroup { group in
            for stream in streams { group.addTask { await stream.run(in: world, others: streams) } }
            for reader in readers.prefix(world.settings.readers) { group.addTask { await reader.run(in: world) } }
            async let writing: Void = write()
            await conduct()
            world.end()
            await writing
            group.cancelAll()
        }
    }

    /// What the storm met, and what the daemon says that it did.
    func report() async throws -> String {
        let metrics = try await metrics().filter { !$0.key.contains("{") }.sorted { $0.key < $1.key }
        return """
            storm with seed \(world.settings.seed): \(world.counts.text)
            the longest wait of an undisturbed audit: \(audit.worstLag)
            \(trends.map(\.text).joined(separator: "\n"))
            \(metrics.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
            \(world.findings.isEmpty ? "" : daemons.flatMap { $0.log.suffix(60) }.joined(separator: "\n"))
            """
    }

    /// Without these the storm has shown nothing.
    func missing() async throws -> [String] {
        let kinds: [StormCounts.Kind] = [
            .commits, .rollbacks, .savepointRollbacks, .moves, .upserts, .documentUpdates, .longTransactions, .bursts,
            .resumesByScenes, .resumesByReady, .resumesBySnapshot, .foreignIDs, .notModified, .observations, .restarts,
            .changesOfDaemon, .jointConnections, .jointResumes, .channels,
        ]
        let metrics = try await metrics()
        let names =
            [
                "cache_loads_total", "changes_buffered_total", "changes_skipped_total", "cache_evictions_total",
                "database_reconnects_total", "doorbell_switches_total", "changes_read_total", "audit_runs_total",
            ].map { "scenesync_" + $0 }
            // A short storm does not always fill a slow stream's socket.
            + (StormSettings.current.isLong ? ["scenesync_events_coalesced_total"] : [])
        return kinds.filter { world.counts[$0] == 0 }.map(\.rawValue) + names.filter { metrics[$0, default: 0] == 0 }
    }

    /// What the daemons' own audits found otherwise although every write was announced.
    func divergences() async throws -> [String] {
        let count = try await metrics()["scenesync_audit_divergences_total"] ?? 0
        return count == 0
            ? [] : ["\(count) divergences"] + daemons.flatMap { $0.log.filter { $0.contains("unannounced") } }
    }

    /// Those of both daemons, added up.
    private func metrics() async throws -> [String: Int] {
        var metrics: [String: Int] = [:]
        for daemon in daemons {
            for line in try await daemon.client().get("/metrics").text.split(separator: "\n") {
                let parts = line.split(separator: " ")
                if parts.count == 2, let value = Int(parts[1]) { metrics[String(parts[0]), default: 0] += value }
            }
        }
        return metrics
    }

    /// Audits until everything is written, with restarts of the server in between, and once more at the end.
    private func conduct() async throws {
        var random = world.random(4_000)
        var pause = world.settings.auditsApart
        while !world.isWritten, world.findings.isEmpty {
            try await Task.sleep(for: pause)
            let due = Int(world.progress * Double(world.settings.restarts + 1))
            if world.counts[.restarts] < min(due, world.settings.restarts) {
                try await world.database.server.restart(random.chance(0.5) ? .fast : .immediate)
                world.counts.add(.restarts)
            }
            let begin = ContinuousClock.now
            try await audit.run(admittingOpenTransactions: random.chance(0.85))
            // On a slow machine too there has to be time for writing.
            pause = max(world.settings.auditsApart, (ContinuousClock.now - begin) / 2)
        }
        if world.findings.isEmpty { try await audit.run(admittingOpenTransactions: false) }
    }

    private func write() async {
        await withTaskGroup { group in
            for number in 0..<world.settings.writers {
                group.addTask {
                    var writer = StormWriter(number, world, reader: readers[world.settings.readers + number])
                    await writer.run()
                }
            }
        }
        world.noteWritten()
    }
}
