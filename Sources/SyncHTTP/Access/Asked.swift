import HTTPTypes

/// A request, as far as it says who may do what: the same whichever way it came.
struct Asked {
    let method: HTTPRequest.Method
    let target: String
    let headers: HTTPFields
    /// The value of Host.
    let host: String?

    init(_ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields, host: String?) {
        self.method = method
        self.target = target
        self.headers = headers
        self.host = host
    }

    /// What HTTP's ordinary way has read.
    init(_ request: HTTPRequest) {
        // Over HTTP/2 a client may name the host in either of two fields (RFC 9113, section 8.3.1).
        var host = request.authority ?? request.headerFields[.hostField]
        var target = request.path ?? "/"
        // A URL names it, too, and then the field does not count (RFC 9112, section 3.2.2).
        if let scheme = ["http://", "https://"].first(where: target.hasPrefix) {
            let rest = target.dropFirst(scheme.count)
            let end = rest.firstIndex { "/?".contains($0) } ?? rest.endIndex
            host = String(rest[..<end])
            target = (rest[end...].hasPrefix("/") ? "" : "/") + rest[end...]
        }
        self.init(request.method, target, request.headerFields, host: host)
    }

    var path: Substring { target[..<pathEnd] }

    var query: Substring { target[pathEnd...].dropFirst() }

    var origin: String? { headers.contains(.origin) ? headers[.origin] : nil }

    private var pathEnd: String.Index { target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .cacheControl
    /// Where a client of HTTP/2 names the host in it.
    static let hostField = HTTPField.Name("Host") ?? .cacheControl
}
