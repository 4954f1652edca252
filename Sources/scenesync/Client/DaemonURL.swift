import ArgumentParser

/// Where a running daemon answers, as a command is told: `http://HOST:PORT`, and a path if it is behind one.
struct DaemonURL: ExpressibleByArgument, CustomStringConvertible {
    static let standard = DaemonURL(address: .standard, path: "")

    let address: ListenAddress
    /// What goes before the daemon's own paths.
    let path: String

    private init(address: ListenAddress, path: String) {
        self.address = address
        self.path = path
    }

    init?(argument: String) {
        guard argument.hasPrefix("http://") else { return nil }
        let rest = argument.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" }
        let hasPort = authority.last != "]" && authority.contains(":")
        guard let address = ListenAddress(argument: hasPort ? String(authority) : "\(authority):80") else { return nil }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        guard path.utf8.allSatisfy({ 0x21..<0x7f ~= $0 }), !path.contains("?"), !path.contains("#") else { return nil }
        self.init(address: address, path: String(path))
    }

    var description: String {
        "http://\(address.text(port: address.port))\(path)"
    }
}
