import ArgumentParser

/// Where a daemon is reached: `http://HOST[:PORT][/PATH]`, the path being that of a proxy before it.
struct DaemonAddress: ExpressibleByArgument, CustomStringConvertible {
    private static let scheme = "http://"

    static let standard = DaemonAddress(server: .standard, path: "")

    let server: ListenAddress
    /// Without a slash at its end.
    let path: String

    private init(server: ListenAddress, path: String) {
        self.server = server
        self.path = path
    }

    init?(argument: String) {
        guard argument.lowercased().hasPrefix(Self.scheme) else { return nil }
        let rest = argument.dropFirst(Self.scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let hasPort = authority.last != "]" && authority.split(separator: "]").last?.contains(":") == true
        guard let server = ListenAddress(argument: hasPort ? String(authority) : "\(authority):80") else { return nil }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        else { return nil }
        self.init(server: server, path: String(path))
    }

    var description: String {
        Self.scheme + server.text(port: server.port) + path
    }
}
