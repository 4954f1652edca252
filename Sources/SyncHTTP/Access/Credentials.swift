import HTTPTypes

/// The token that a request bears, if one counts: that of its header before its cookie's before its query's.
enum Credentials: Equatable {
    case none
    case token(String)
    /// There is something, which does not count.
    case refused(String)

    /// `cookie` is the name of the cookie that may have one. An event stream's query may have one, since a browser lets
    /// its reader send no header.
    static func find(_ asked: Asked, cookie: String?, origins: OriginRule, isStream: Bool) -> Credentials {
        if asked.headers.contains(.authorization) { return ofHeader(asked.headers[values: .authorization]) }
        if let cookie, asked.headers.contains(.cookie) {
            let found = ofCookie(asked, cookie, origins)
            if found != .none { return found }
        }
        return isStream ? ofQuery(asked.query) : .none
    }

    private static func ofHeader(_ values: [String]) -> Credentials {
        guard values.count == 1, let value = values.first else { return .refused("There are several Authorizations.") }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            return .refused("Authorization has to be Bearer and a token.")
        }
        return .token(String(parts[1].drop { $0 == " " }))
    }

    private static func ofCookie(_ asked: Asked, _ name: String, _ origins: OriginRule) -> Credentials {
        let values = asked.headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && trimmed(parts[0]) == name ? trimmed(parts[1]) : nil
        }
        guard let value = values.first else { return .none }
        // One of them may be another site's, set for a domain that has both.
        guard values.allSatisfy({ $0 == value }) else { return .refused("There are several cookies \(name).") }
        if let why = whyNot(asked, origins) { return .refused(why) }
        return .token(value)
    }

    /// Why a cookie, which a browser sends with whatever page asks, does not count.
    private static func whyNot(_ asked: Asked, _ origins: OriginRule) -> String? {
        let origin = asked.origin
        let isOwn = origin.map { origins.isOwn($0, host: asked.host) } ?? false
        let isAllowed = origin.map(origins.allows) ?? false
        guard origin == nil || isOwn || isAllowed else { return "A cookie does not count for pages of this origin." }
        switch asked.headers[.secFetchSite] {
        case nil, "same-origin", "none": break
        case "same-site" where isAllowed, "cross-site" where isAllowed: break
        default: return "A cookie does not count for requests of other sites."
        }
        guard asked.method == .get || asked.method == .head || origin != nil else {
            return "A cookie does not count for a write without an Origin."
        }
        return nil
    }

    private static func ofQuery(_ query: Substring) -> Credentials {
        guard query.utf8.count > 0 else { return .none }
        let values = Query(query).all("access_token")
        guard let value = values.first else { return .none }
        return values.count == 1 ? .token(value) : .refused("There are several access_tokens.")
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return String(text)
    }
}
