import Fanout

/// What the head of a request over HTTP/1.1 says of where the request ends, read as strictly as RFC 9112 allows: what two
/// readers could take for different requests is none.
struct RequestHead: Equatable {
    enum Body: Equatable {
        case bytes(Int)
        case chunked
    }

    static let mostFields = 128
    /// Others mean nothing here, and the parser behind does not know them all.
    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"]

    let body: Body
    /// Lines that are not for those behind: an offer to change the protocol, which nobody here takes, and of HTTP/1.0 what
    /// it says of the connection.
    let dropped: [Range<Int>]
    /// Whether it is of HTTP/1.0, whose connection ends with the answer (RFC 9112, section 9.3).
    let isLast: Bool

    /// `bytes` is the head, up to and with the empty line.
    static func read(_ bytes: UnsafeRawBufferPointer, _ rules: ConnectionRules) throws(Refusal) -> RequestHead {
        var lines = HeadLines(bytes)
        guard let first = lines.next() else { throw .malformed("The request's first line has no proper end.") }
        let isOld = try isOldVersion(first, rules.url_bytes)
        var fields = Fields(urlHost: urlHost(first))
        while true {
            let start = lines.position
            guard let line = lines.next() else { throw .malformed("A header field has no proper end.") }
            if line.isEmpty { break }
            try fields.read(line, at: start..<lines.position)
        }
        return try fields.head(isOld: isOld)
    }

    /// Whether it is of HTTP/1.0.
    private static func isOldVersion(_ line: UnsafeRawBufferPointer, _ limit: Int) throws(Refusal) -> Bool {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isTokenCharacter) else {
            throw .malformed("The first line of a request is METHOD, target and version, with one space between.")
        }
        guard parts[1].count <= limit else { throw .urlTooLong }
        let isPath = parts[1].first == UInt8(ascii: "/") || parts[1].elementsEqual("*".utf8)
        let isURL = parts[1].starts(with: "http://".utf8) || parts[1].starts(with: "https://".utf8)
        guard isPath || isURL, parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("The target of a request is a path of printable ASCII.")
        }
        guard parts[2].starts(with: "HTTP/".utf8) else {
            throw .malformed("The first line of a request ends with HTTP/1.1.")
        }
        let isOld = parts[2].elementsEqual("HTTP/1.0".utf8)
        guard isOld || parts[2].elementsEqual("HTTP/1.1".utf8) else { throw .unsupportedVersion }
        guard methods.contains(where: { parts[0].elementsEqual($0.utf8) }) else { throw .unknownMethod }
        return isOld
    }

    /// Whom a first line with a URL names in it; nil: it has a path.
    private static func urlHost(_ line: UnsafeRawBufferPointer) -> String? {
        let target = line.split(separator: UInt8(ascii: " "))[1]
        guard target.first != UInt8(ascii: "/"), let slashes = target.firstRange(of: "//".utf8) else { return nil }
        let host = target[slashes.upperBound...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        return String(decoding: host, as: UTF8.self)
    }

    /// RFC 9110, section 5.6.2.
    static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// What a name or an address and a port may have in it, loosely: nothing that ends it for some readers.
    static func isHostCharacter(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && !"/?#@\\\"<>,".utf8.contains(byte)
    }

    /// The header fields, as far as they have been read.
    private struct Fields {
        private let urlHost: String?
        private var count = 0
        private var hosts = 0
        private var length: Int?
        private var isChunked = false
        private var dropped: [Range<Int>] = []
        private var connections: [Range<Int>] = []

        init(urlHost: String?) {
            self.urlHost = urlHost
        }

        mutating func read(_ line: UnsafeRawBufferPointer, at range: Range<Int>) throws(Refusal) {
            count += 1
            guard count <= mostFields else { throw .headTooLarge }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
                line[..<colon].allSatisfy(isTokenCharacter)
            else { throw .malformed("A header field is a name, a colon at once, and a value, on one line.") }
            var value = line[(colon + 1)...]
            while let byte = value.first, byte == 0x20 || byte == 0x09 { value = value.dropFirst() }
            while let byte = value.last, byte == 0x20 || byte == 0x09 { value = value.dropLast() }
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "host": try readHost(value)
            case "content-length": try readLength(value)
            case "transfer-encoding": try readCoding(value)
            case "upgrade", "http2-settings": dropped.append(range)
            case "connection": connections.append(range)
            default: break
            }
        }

        private mutating func readHost(_ value: Slice<UnsafeRawBufferPointer>) throws(Refusal) {
            hosts += 1
            guard hosts == 1, value.allSatisfy(isHostCharacter) else {
                throw .malformed("A request has one Host.")
            }
            // RFC 9112, section 3.2.2, has the URL's count. Where they differ some reader takes it for another request.
            guard urlHost == nil || urlHost == String(decoding: value, as: UTF8.self) else {
                throw .malformed("The URL and Host name different hosts.")
            }
        }

        private mutating func readLength(_ value: Slice<UnsafeRawBufferPointer>) throws(Refusal) {
            guard length == nil, (1...18).contains(value.count),
                value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { throw .malformed("A request has one Content-Length, of digits alone.") }
            length = value.reduce(0) { $0 * 10 + Int($1 & 15) }
        }

        private mutating func readCoding(_ value: Slice<UnsafeRawBufferPointer>) throws(Refusal) {
            guard !isChunked, String(decoding: value, as: UTF8.self).lowercased() == "chunked" else {
                throw .malformed("The only Transfer-Encoding is chunked, once.")
            }
            isChunked = true
        }

        func head(isOld: Bool) throws(Refusal) -> RequestHead {
            guard isOld || hosts == 1 else { throw .malformed("A request has one Host.") }
            guard !isChunked || length == nil else {
                throw .malformed("A request has a Content-Length or a Transfer-Encoding, not both.")
            }
            guard !isChunked || !isOld else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
            let dropped = isOld ? (dropped + connections).sorted { $0.lowerBound < $1.lowerBound } : dropped
            return RequestHead(body: isChunked ? .chunked : .bytes(length ?? 0), dropped: dropped, isLast: isOld)
        }
    }
}
