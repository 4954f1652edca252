import HTTPTypes

/// The head of a request that is as plain as can be: GET, HTTP/1.1, no body, nothing in it that we do not know.
///
/// What is not as plain as that is for HTTP's ordinary way to judge: this says so, and never errs on this side.
struct PlainRequest {
    enum Reading {
        case incomplete
        case plain(PlainRequest)
        case other
    }

    /// How many bytes it takes.
    let length: Int
    /// The request's target (RFC 9112, section 3.2.1).
    let target: UnsafeRawBufferPointer
    let host: UnsafeRawBufferPointer
    /// The other header fields that our answers depend on.
    let headers: HTTPFields

    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var lines = HeadLines(bytes)
        guard let first = lines.next() else { return lines.isBroken ? .other : .incomplete }
        guard let target = target(of: first) else { return .other }
        var headers = HTTPFields()
        var host: UnsafeRawBufferPointer?
        var count = 0
        while let line = lines.next() {
            if line.isEmpty {
                guard let host, count <= RequestHead.mostFields else { return .other }
                return .plain(PlainRequest(length: lines.position, target: target, host: host, headers: headers))
            }
            count += 1
            guard let (name, value) = HeadLines.field(line), let known = KnownField.find(name) else { return .other }
            switch known {
            case .ignored: break
            case .host:
                guard host == nil, !value.isEmpty, value.allSatisfy(RequestHead.isHostCharacter) else { return .other }
                host = value
            case .keepsConnection: guard value.equals("keep-alive") else { return .other }
            case .matters(let name):
                headers.append(HTTPField(name: name, value: String(decoding: value, as: UTF8.self)))
            }
        }
        return lines.isBroken ? .other : .incomplete
    }

    private static func target(of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let (before, after): (StaticString, StaticString) = ("GET /", " HTTP/1.1")
        guard line.count >= 14, line.prefix(5).elementsEqual(before.bytes), line.suffix(9).elementsEqual(after.bytes)
        else { return nil }
        let target = UnsafeRawBufferPointer(rebasing: line[4..<(line.count - 9)])
        return target.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") } ? target : nil
    }
}

/// The header fields that a plain request may have.
private enum KnownField {
    case ignored
    case host
    /// Connection, which may only say what HTTP/1.1 does anyway.
    case keepsConnection
    case matters(HTTPField.Name)

    private static let all: [(name: StaticString, meaning: KnownField)] = [
        ("host", .host), ("connection", .keepsConnection), ("accept-encoding", .matters(.acceptEncoding)),
        ("if-none-match", .matters(.ifNoneMatch)), ("cache-control", .matters(.cacheControl)),
        ("last-event-id", .matters(.lastEventID)), ("sync-token", .matters(.syncToken)),
        // Who asks, and from whose page: the gate judges.
        ("authorization", .matters(.authorization)), ("cookie", .matters(.cookie)), ("origin", .matters(.origin)),
        ("sec-fetch-site", .matters(.secFetchSite)),
        ("user-agent", .ignored), ("accept", .ignored),
        ("accept-language", .ignored), ("referer", .ignored), ("pragma", .ignored), ("dnt", .ignored),
        ("priority", .ignored), ("sec-fetch-dest", .ignored), ("sec-fetch-mode", .ignored),
        ("sec-fetch-user", .ignored), ("sec-gpc", .ignored), ("sec-ch-ua", .ignored), ("sec-ch-ua-mobile", .ignored),
        ("sec-ch-ua-platform", .ignored), ("upgrade-insecure-requests", .ignored),
        ("x-forwarded-for", .matters(.forwardedFor)),
        ("x-forwarded-proto", .ignored), ("x-forwarded-host", .ignored), ("x-real-ip", .ignored),
        ("x-request-id", .ignored), ("traceparent", .ignored), ("tracestate", .ignored), ("via", .ignored),
    ]

    static func find(_ name: UnsafeRawBufferPointer) -> KnownField? {
        all.first { name.equals($0.name) }?.meaning
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}

extension UnsafeRawBufferPointer {
    /// `text` is in lower case; upper case is taken for it.
    fileprivate func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return zip(self, text.bytes).allSatisfy { byte, wanted in
            byte == wanted || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == wanted
        }
    }
}
