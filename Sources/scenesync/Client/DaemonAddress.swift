import ArgumentParser
import NIOCore
import SyncHTTP

/// Where a daemon is reached: `http://HOST[:PORT][/PATH]` or the same with `https`, the path being that of a proxy before it.
struct DaemonAddress: ExpressibleByArgument, CustomStringConvertible {
    static let standard = DaemonAddress(isSecure: false, server: .standard, path: "")

    private let isSecure: Bool
    let server: ListenAddress
    /// Without a slash at its end.
    let path: String

    private init(isSecure: Bool, server: ListenAddress, path: String) {
        self.isSecure = isSecure
        self.server = server
        self.path = path
    }

    init?(argument: String) {
        guard let isSecure = [true, false].first(where: { argument.lowercased().hasPrefix(Self.scheme($0)) }) else {
            return nil
        }
        let rest = argument.dropFirst(Self.scheme(isSecure).count)
        let authority = rest.prefix { $0 != "/" }
        let hasPort = authority.last != "]" && authority.split(separator: "]").last?.contains(":") == true
        guard let server = ListenAddress(argument: hasPort ? String(authority) : "\(authority):\(isSecure ? 443 : 80)")
        else { return nil }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        else { return nil }
        self.init(isSecure: isSecure, server: server, path: String(path))
    }

    var description: String {
        Self.scheme(isSecure) + server.text(port: server.port) + path
    }

    /// Has a connection to it speak TLS, if it is spoken there.
    func secure(_ channel: any Channel) throws {
        guard isSecure else { return }
        try channel.pipeline.syncOperations.addHandler(ClientTLS.handler(to: server.host))
    }

    private static func scheme(_ isSecure: Bool) -> String {
        isSecure ? "https://" : "http://"
    }
}
