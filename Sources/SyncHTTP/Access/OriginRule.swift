import HTTPTypes

/// Whose pages may use this server from a browser (the Fetch standard's CORS protocol): those of its own origin, and of
/// those that are named, letter by letter.
package struct OriginRule: Sendable {
    private static let exposed = "ETag, Age, Cache-Status, Sync-Token, Retry-After"
    private static let requestHeaders =
        "Authorization, Cache-Control, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Sync-Token"
    private static let preflightLasts_seconds = "600"

    private let allowed: Set<String>

    package static let none = OriginRule([])

    package init(_ allowed: [Origin]) {
        self.allowed = Set(allowed.map(\.text))
    }

    /// Whether answers depend on the origin at all.
    var isOff: Bool { allowed.isEmpty }

    func allows(_ origin: String) -> Bool { allowed.contains(origin) }

    /// Whether a page of `origin` has been sent by the server that is called `host`. In front of us TLS may have ended, so
    /// the scheme says nothing.
    func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host, let origin = Origin(origin) else { return false }
        return origin.isAt(host.lowercased())
    }

    /// What each answer to a request of this origin tells the browser.
    func fields(for origin: String?) -> HTTPFields {
        if isOff { return [:] }
        var fields: HTTPFields = [.vary: "Origin"]
        guard let origin, allows(origin) else { return fields }
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlAllowCredentials] = "true"
        fields[.accessControlExposeHeaders] = Self.exposed
        return fields
    }

    /// The answer to a browser that asks whether it may send a request; nil if this is none.
    func preflight(_ asked: Asked, methods: [HTTPRequest.Method]) -> Reply? {
        guard !isOff, asked.method == .options, let origin = asked.origin,
            asked.headers.contains(.accessControlRequestMethod)
        else { return nil }
        guard allows(origin) else { return Problem.foreignOrigin.reply }
        return Reply(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: methods.map(\.rawValue).joined(separator: ", "),
                .accessControlAllowHeaders: Self.requestHeaders,
                .accessControlMaxAge: Self.preflightLasts_seconds,
            ])
    }
}

/// An origin as browsers write it: scheme, host, and port unless it is the scheme's own (RFC 6454, section 6.2).
package struct Origin: Sendable, Equatable {
    let text: String
    private let host: String
    private let port: String

    /// nil for what is none: with a path or a user, of another scheme, `null`, `*`.
    package init?(_ text: String) {
        let text = text.lowercased()
        guard let scheme = ["https", "http"].first(where: { text.hasPrefix($0 + "://") }) else { return nil }
        let authority = text.dropFirst(scheme.count + 3)
        let isPlain = authority.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7f && !"/?#@\\\"*,;".utf8.contains($0)
        }
        let name = HostRule.name(of: String(authority))
        guard isPlain, !name.isEmpty, name != "[]" else { return nil }
        let standard = scheme == "https" ? "443" : "80"
        let given = authority.dropFirst(name.utf8.count)
        guard given.isEmpty || given.count > 1, !name.contains(":") || name.hasPrefix("[") else { return nil }
        host = name
        port = given.isEmpty ? standard : String(given.dropFirst())
        self.text = "\(scheme)://\(name)" + (port == standard ? "" : ":\(port)")
    }

    func isAt(_ authority: String) -> Bool {
        let name = HostRule.name(of: authority)
        guard name == host else { return false }
        let given = authority.dropFirst(name.utf8.count + 1)
        return given.isEmpty ? port == "443" || port == "80" : given == port
    }
}
