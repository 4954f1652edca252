import ChangeFeed
import Fanout
import Glibc
import Logging
import Metrics
import Monitoring
import NIOCore
import NIOPosix
import Postgres
import ProjectSync
import SyncHTTP
import UnixSignals

/// The daemon: wires the rooms together, runs them, and stops them in order.
struct Daemon {
    /// When the process ends whatever is still under way.
    private static let patience = Duration.seconds(8)
    /// The delays from which a client's next attempt is drawn, so that not all come back at once.
    private static let retry = Duration.seconds(1)...Duration.seconds(5)

    let configuration: DaemonConfiguration
    let logger: Logger
    var pictures: SyncResponder.Pictures?
    var onListening: @Sendable (Int) -> Void = { _ in }

    func run() async throws {
        if let exposure = ConnectionSettings(configuration.databaseURL).exposure { logger.warning("\(exposure)") }
        let registry = MetricRegistry()
        MetricsSystem.bootstrap(registry)
        let monitor = Monitor(times: DeliveryTimes(in: registry))
        let hub = try Hub(
            reactors: Self.reactors, heartbeat_seconds: configuration.heartbeat_seconds,
            limit: configuration.maxSubscribers, quota: SubscriberQuota(configuration.limits.quota), witness: monitor)
        let cache = ProjectCache(
            capacity_bytes: configuration.cache_bytes, history: EventLog.Limits(events: configuration.history),
            auditInterval: configuration.auditInterval, audience: hub, witness: monitor)
        let readiness = Readiness()
        let service = ServiceManager.ofEnvironment(logger)
        let feed = Feed(
            connectionString: configuration.databaseURL, policy: configuration.doorbell,
            auditInterval: configuration.auditInterval, cache: cache, loop: try PollLoop.start(name: "feed"),
            logger: logger
        ) { service?.turn { readiness.lack(cache.overview) } }
        let writer = DatabaseWriter(
            connectionString: configuration.databaseURL, loop: try PollLoop.start(name: "writes"), logger: logger)
        let writes = WriteDesk(
            writer, maxBody_bytes: configuration.maxBody_bytes, isReadOnly: configuration.isReadOnly)
        let access = try await DaemonAccess.open(configuration, logger: logger)
        let observatory = Observatory(
            monitor: monitor, cache: cache, hub: hub, registry: registry, writes: writes.counters,
            version: SceneSync.version)
        let identity = try configuration.tls.map { try $0.identity() }
        let rules = configuration.rules
        let responder = SyncResponder(
            cache: cache, hub: hub, readiness: readiness, writes: writes, observatory: observatory, rules: rules,
            inFlight: RequestsInFlight(limit: configuration.limits.maxRequests),
            proxies: configuration.limits.proxies, pictures: pictures, gate: access.gate, logger: logger)
        let loops = MultiThreadedEventLoopGroup(
            numberOfThreads: System.coreCount, metricsDelegate: EventLoopMetrics())
        let connections = HTTPConnections(
            on: loops, rules: rules, identity: identity, takesH2C: configuration.takesH2C, logger: quietLogger)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let socket = try listen()

        let (firstSignal, isStopping) = AsyncStream<Void>.makeStream()

        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                async let others: Void = connections.serve(responder, hub.counters)
                try await hub.serve(socket, cache: cache, rules: rules) { Front(responder, connections, rules) }
                connections.close()
                await others
            }
            tasks.addTask { await feed.run() }
            if access.hasToRun { tasks.addTask { try await access.run(responder) } }
            tasks.addTask { await observatory.run() }
            tasks.addTask { await follow(signals, identity, service, isStopping) }
            tasks.addTask {
                for await _ in firstSignal {}
                try await stop(readiness, hub, connections)
            }
            try await tasks.next()
            tasks.cancelAll()
        }
        try await loops.shutdownGracefully()
        logger.info("stopped")
    }

    private func listen() throws -> ListeningSocket {
        let address = configuration.listen
        do {
            let socket = try ListeningSocket.open(host: address.host, port: address.port)
            let scheme = configuration.tls == nil ? "http" : "https"
            logger.info("listening", metadata: ["address": "\(scheme)://\(address.text(port: socket.port))"])
            onListening(socket.port)
            return socket
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StartError("the address \(address.text(port: address.port)) is already in use")
        }
    }

    /// Hummingbird tells of every client that goes away.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = .error
        return quiet
    }

    /// One does more than a hundred thousand writes a second; the other processors are for the rest.
    private static var reactors: Int {
        max(1, min(8, System.coreCount / 2))
    }

    /// The first signal to stop asks for an orderly end, a second one ends at once. SIGHUP has the certificate read anew.
    private func follow(
        _ signals: UnixSignalsSequence, _ identity: TLSIdentity?, _ service: ServiceManager?,
        _ isStopping: AsyncStream<Void>.Continuation
    ) async {
        var count = 0
        for await signal in signals {
            if signal == .sighup {
                if let service { service.reload { reload(identity) } } else { reload(identity) }
                continue
            }
            count += 1
            if count > 1 {
                logger.warning("\(signal) again: ending at once")
                exit(1)
            }
            logger.info("\(signal): shutting down")
            service?.stop()
            isStopping.finish()
        }
    }

    private func reload(_ identity: TLSIdentity?) {
        guard let identity else { return logger.info("sighup: there is no certificate to read anew") }
        do {
            try identity.reload()
            logger.info("sighup: new connections are shown the certificate that is there now")
        } catch {
            logger.error("sighup: everything stays as it was: \(error)")
        }
    }

    /// Ends the service in order (contract G5): not ready any more, then no new connection, then no stream.
    private func stop(_ readiness: Readiness, _ hub: Hub, _ connections: HTTPConnections) async throws {
        guard !Task.isCancelled else { return }
        readiness.drain()
        try await Task.sleep(for: configuration.drainDelay)
        hub.drain(retry: Self.retry)
        connections.drain()
        // What is served meanwhile comes to its end, and with it this task.
        try await Task.sleep(for: Self.patience)
        logger.warning("requests were still under way")
        exit(0)
    }
}

/// Why the daemon could not start.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
