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
