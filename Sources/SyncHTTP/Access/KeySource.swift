import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

/// Where an issuer publishes its keys.
package enum KeySource: Sendable, Equatable {
    case file(String)
    case url(String)

    private static let longest_bytes = 1 << 20
    private static let patience = Duration.seconds(5)

    /// What has no scheme is a file.
    package init(_ text: String) {
        let isURL = ["http://", "https://"].contains { text.lowercased().hasPrefix($0) }
        self = isURL ? .url(text) : .file(text)
    }

    /// Whether whoever is on the way could put keys of its own there.
    package var isPlainAndRemote: Bool {
        guard case .url(let text) = self, text.lowercased().hasPrefix("http://") else { return false }
        let host = text.dropFirst(7).prefix { $0 != "/" && $0 != "?" }
        return !["localhost", "127.0.0.1", "[::1]"].contains(HostRule.name(of: String(host)))
    }

    func read() async throws -> [UInt8] {
        switch self {
        case .file(let path):
            let data = try Data(contentsOf: URL(filePath: path))
            guard data.count <= Self.longest_bytes else { throw Self.tooLong }
            return Array(data)
        case .url(let url):
            return try await Self.fetch(url)
        }
    }

    private static let tooLong = KeySet.Malformed(description: "it is too long")

    /// Within a time for all of it: the client's own ends with the answer's head.
    private static func fetch(_ url: String) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
            tasks.addTask { try await get(url) }
            tasks.addTask {
                try await Task.sleep(for: patience)
                throw KeySet.Malformed(description: "its address takes too long")
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? []
        }
    }

    /// Follows no redirection: the keys are where the configuration says, or nowhere.
    private static func get(_ url: String) async throws -> [UInt8] {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: ClientTLS.configuration, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .init(patience))
        return try await HTTPClient.withHTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration
        ) { client in
            var request = HTTPClientRequest(url: url)
            request.headers.add(name: "Accept", value: "application/json")
            let response = try await client.execute(request, deadline: .distantFuture)
            guard response.status == .ok else {
                throw KeySet.Malformed(description: "its address answers \(response.status.code)")
            }
            do {
                return Array(try await response.body.collect(upTo: longest_bytes).readableBytesView)
            } catch is NIOTooManyBytesError {
                throw tooLong
            }
        }
    }
}
