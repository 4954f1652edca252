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
            connectionString: configuration.databaseURL, cache: cache, loop: try PollLoop.start(name: "feed"),
            logger: logger)
        let readiness = Readiness()
        let responder = SyncResponder(cache: cache, hub: hub, readiness: readiness, pictures: pictures, logger: logger)
        let server = server(responder, on: group)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)

        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await server.run() }
            tasks.addTask { await feed.run() }
            tasks.addTask { try await self.awaitSignals(signals, readiness, hub, server) }
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

    /// Returns once the daemon has been told to stop and has done so (contract G5).
    private func awaitSignals(
        _ signals: UnixSignalsSequence, _ readiness: Readiness, _ hub: Hub, _ server: Server<HTTP1Channel>
    ) async throws {
        var received = signals.makeAsyncIterator()
        guard let signal = await received.next() else { return }
        logger.info("\(signal): shutting down")
        readiness.drain()
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                try await Task.sleep(for: configuration.drainDelay)
                hub.drain(retry: Self.retry)
                try await server.shutdownGracefully()
            }
            tasks.addTask {
                try await Task.sleep(for: configuration.drainDelay + Self.patience)
                logger.warning("requests were still under way")
                exit(0)
            }
            tasks.addTask { [logger] in
                for await signal in signals {
                    logger.warning("\(signal) again: ending at once")
                    exit(1)
                }
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
