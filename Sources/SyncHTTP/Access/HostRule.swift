/// By which names this server may be called. A page of anybody's can have a name of its own lead to our loopback address,
/// and would then read what we answer as its own: DNS rebinding. What it cannot do is call us by one of our names.
package struct HostRule: Sendable, Equatable {
    /// nil: by any.
    private let names: Set<String>?

    package static let any = HostRule(names: nil)

    private init(names: Set<String>?) {
        self.names = names
    }

    /// For a server at `address`; `allowed` are other names that it has.
    package init(address: String, isLoopback: Bool, allowed: [String]) {
        guard isLoopback || !allowed.isEmpty else {
            self = .any
            return
        }
        let own = address.contains(":") ? "[\(address)]" : address
        names = Set((["localhost", "127.0.0.1", "[::1]", own] + allowed).map { $0.lowercased() })
    }

    /// Who names no host is no browser.
    func allows(_ host: String?) -> Bool {
        guard let names, let host else { return true }
        return names.contains(Self.name(of: host))
    }

    /// A host's name without its port, in lower case.
    static func name(of host: String) -> String {
        let host = host.lowercased()
        guard let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isASCIIDigit) else {
            return host
        }
        let name = host[..<colon]
        return name.contains(":") && !name.hasSuffix("]") ? host : String(name)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { "0"..."9" ~= self }
}
