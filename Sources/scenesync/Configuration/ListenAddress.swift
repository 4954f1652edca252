import ArgumentParser
import Fanout

/// Where the daemon listens: `HOST:PORT`, `[V6]:PORT`; port 0 picks a free one.
struct ListenAddress: ExpressibleByArgument {
    let host: String
    let port: Int

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

    static let standard = ListenAddress(host: "127.0.0.1", port: 8787)

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else {
            return nil
        }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    var isLoopback: Bool {
        // A name may lead anywhere, whatever it begins with.
        guard let address = ClientAddress(host) else { return host == "localhost" }
        return Self.loopback.contains { $0.contains(address) }
    }

    /// As it stands in a URL (RFC 3986, 3.2.2).
    func text(port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
