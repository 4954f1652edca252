import ArgumentParser
import Glibc
import NIOCore
import NIOPosix
import SyncHTTP

/// Asks a running daemon whether it is ready.
struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running daemon's /readyz; for the health checks of containers.")

    private static let patience = Duration.seconds(3)

    @Option(help: "The daemon's address, HOST:PORT (default 127.0.0.1:8787).")
    var listen: ListenAddress?

    @Flag(help: "Ask over TLS, as it is also done where --tls-cert is set for the daemon.")
    var tls = false

    @Option(help: "A JSON file of settings, keys as the flags.")
    var config: String?

    func run() async throws {
        try await ExitStatus.report {
            let settings = try Settings(configurationFile: config)
            let address = try settings.value("listen", listen, default: .standard) { ListenAddress(argument: $0) }
            let isSecure = tls || settings.string("tls-cert", nil) != nil
            try await withThrowingTaskGroup { tasks in
                tasks.addTask {
                    let answer = try await Self.ask(address, isSecure)
                    Console.print(answer.body.filter { !$0.isNewline })
                    guard answer.isReady else { throw ExitCode.failure }
                }
                tasks.addTask { try await Self.giveUp(address) }
                defer { tasks.cancelAll() }
                try await tasks.next()
            }
        }
    }

    /// Ends the process: who does not answer may not let go of a TLS connection, either.
    private static func giveUp(_ address: ListenAddress) async throws {
        try await Task.sleep(for: Self.patience)
        Console.note(
            "scenesync: \(address.host), port \(address.port) does not answer within \(Self.patience.components.seconds) s"
        )
        Glibc.exit(1)
    }

    private static func ask(_ address: ListenAddress, _ isSecure: Bool) async throws -> (isReady: Bool, body: String) {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isSecure { try channel.pipeline.syncOperations.addHandler(ClientTLS.trustingHandler()) }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let host = address.text(port: address.port)
            try await outbound.write(
                ByteBuffer(string: "GET /readyz HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"))
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            let body = answer.range(of: "\r\n\r\n").map { answer[$0.upperBound...] } ?? ""
            return (answer.hasPrefix("HTTP/1.1 200 "), String(body))
        }
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? {
        ranges(of: text).first
    }
}
