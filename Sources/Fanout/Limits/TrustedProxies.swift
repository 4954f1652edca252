/// The proxies whose word on a client's address is taken.
package struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    package init(_ ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// Who the client is: the peer, or, as long as those who say so are trusted, whom the next one from the right in
    /// `X-Forwarded-For` names. What stands further left anybody can have written.
    package func client(of peer: ClientAddress, forwardedFor: some Collection<String>) -> ClientAddress {
        guard isTrusted(peer) else { return peer }
        var client = peer
        for entry in forwardedFor.joined(separator: ",").split(separator: ",").reversed() {
            guard let address = Self.address(entry) else { return client }
            client = address
            guard isTrusted(address) else { return client }
        }
        return client
    }

    private func isTrusted(_ address: ClientAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// Some write a port behind it: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    private static func address(_ entry: Substring) -> ClientAddress? {
        var text = entry
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            return ClientAddress(text[text.index(after: text.startIndex)..<end])
        }
        if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") { text = text[..<colon] }
        return ClientAddress(text)
    }
}
