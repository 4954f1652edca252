import ChangeFeed
import Fanout
import Glibc
import HummingbirdCore
import Logging
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
        let group = MultiThreadedEventLoopGroup.singleton
        let hub = try await Hub.start(
            on: group, heartbeat_seconds: configuration.heartbeat_seconds, limit: configuration.maxSubscribers)
        let cache = ProjectCache(
            capacity_bytes: configuration.cache_bytes, history: EventLog.Limits(events: configuration.history),
            audience: hub)
        let feed = Feed(
            connectionString: configuration.databaseURL, policy: configuration.doorbell, cache: cache,
            loop: try PollLoop.start(name: "feed"),
            logger: logger)
        let readiness = Readiness()
        let responder = SyncResponder(cache: cache, hub: hub, readiness: readiness, pictures: pictures, logger: logger)
        let server = server(responder, on: group)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)

        let (firstSignal, isStopping) = AsyncStream<Void>.makeStream()

        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await server.run() }
            tasks.addTask { await feed.run() }
            tasks.addTask { await follow(signals, isStopping) }
            tasks.addTask {
                for await _ in firstSignal {}
                try await stop(readiness, hub, server)
            }
            do {
                try await tasks.next()
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                throw StartError(
                    "the address \(configuration.listen.text(port: configuration.listen.port)) is already in use")
            }
            tasks.cancelAll()
        }
        logger.info("stopped")
    }

    private func server(
        _ responder: SyncResponder, on group: any EventLoopGroup
    ) -> Server<HTTP1Channel> {
        var quiet = logger
        quiet.logLevel = .error
        let address = configuration.listen
        return Server(
            childChannelSetup: HTTP1Channel(
                responder: responder.respond, configuration: .init(idleTimeout: .seconds(75))),
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "scenesync", backlog: 4_096),
            onServerRunning: { [logger, onListening] channel in
                let port = channel.localAddress?.port ?? address.port
                logger.info("listening", metadata: ["address": "http://\(address.text(port: port))"])
                onListening(port)
            },
            eventLoopGroup: group, logger: quiet)
    }

    /// The first signal to stop asks for an orderly end, a second one ends at once.
    private func follow(_ signals: UnixSignalsSequence, _ isStopping: AsyncStream<Void>.Continuation) async {
        var count = 0
        for await signal in signals {
            count += 1
            if count > 1 {
                logger.warning("\(signal) again: ending at once")
                exit(1)
            }
            logger.info("\(signal): shutting down")
            isStopping.finish()
        }
    }

    /// Ends the service in order (contract G5): not ready any more, then no new connection, then no stream.
    private func stop(_ readiness: Readiness, _ hub: Hub, _ server: Server<HTTP1Channel>) async throws {
        guard !Task.isCancelled else { return }
        readiness.drain()
        try await Task.sleep(for: configuration.drainDelay)
        hub.drain(retry: Self.retry)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await server.shutdownGracefully() }
            tasks.addTask {
                try await Task.sleep(for: Self.patience)
                logger.warning("requests were still under way")
                exit(0)
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }
}

/// Why the daemon could not start.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
