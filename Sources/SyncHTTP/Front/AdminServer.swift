import HummingbirdCore
import Logging
import NIOCore

/// The administrators' address, served HTTP's ordinary way.
package struct AdminServer: Sendable {
    private let server: Server<GuardedHTTP1>

    /// Port 0 picks a free one; `onListening` is told which.
    package init(
        _ responder: SyncResponder, host: String, port: Int, on group: any EventLoopGroup,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        // Hummingbird takes the end of the daemon for an error.
        let silent = Logger(label: "scenesync") { _ in SwiftLogNoOpLogHandler() }
        server = Server(
            childChannelSetup: GuardedHTTP1(responder, rules: responder.rules, counters: responder.counters),
            configuration: ServerConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                try? await channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(), position: .first)
                }.get()
                onListening(channel.localAddress?.port ?? port)
            }, eventLoopGroup: group, logger: silent)
    }

    /// Until it is cancelled.
    package func run() async throws {
        try await server.run()
    }
}
