import HTTPTypes
import Testing

@testable import SyncHTTP

/// What the front takes for a plain request, and what it leaves to HTTP's ordinary way.
@Suite struct PlainRequestTests {
    private func read(_ text: String) -> PlainRequest.Reading {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { PlainRequest.read($0) }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a?b=%20 HTTP/1.1\r\nhOST:x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive\r\nUser-Agent: \t a b \r\n\r\n",
    ])
    func `plain it is`(text: String) throws {
        guard case .plain(let request) = read(text) else { throw Unexpected() }

        #expect(request.length == text.utf8.count)
    }

    @Test func `it has the fields that answers depend on, and its own length`() throws {
        let text = "GET /v1?x HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nLAST-EVENT-ID:  7 \r\nAccept: y\r\n\r\n"
        let bytes = Array((text + "GET /next").utf8)

        try bytes.withUnsafeBytes { bytes in
            guard case .plain(let request) = PlainRequest.read(bytes) else { throw Unexpected() }
            #expect(request.length == text.utf8.count)
            #expect(String(decoding: request.target, as: UTF8.self) == "/v1?x")
            #expect(request.headers == [.acceptEncoding: "gzip", .lastEventID: "7"])
            #expect(String(decoding: request.host, as: UTF8.self) == "x")
        }
    }

    @Test func `it has all that tells who asks, each as often as it came`() throws {
        let lines = [
            "Authorization: Bearer a", "authorization: Bearer b", "Cookie: c=d", "Origin: o", "SEC-FETCH-SITE: none",
        ]
        let bytes = Array(("GET / HTTP/1.1\r\nHost: x\r\n" + lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)

        try bytes.withUnsafeBytes { bytes in
            guard case .plain(let request) = PlainRequest.read(bytes) else { throw Unexpected() }
            #expect(request.headers[values: .authorization] == ["Bearer a", "Bearer b"])
            #expect(request.headers[.cookie] == "c=d" && request.headers[.origin] == "o")
            #expect(request.headers[.secFetchSite] == "none")
        }
    }

    @Test func `as long as it may still become one it is incomplete`() {
        let bytes = Array("GET / HTTP/1.1\r\nHost: x\r\nAccept: y\r\n\r\n".utf8)

        for count in 0..<bytes.count {
            let reading = bytes[..<count].withUnsafeBytes { PlainRequest.read($0) }
            let isIncomplete = if case .incomplete = reading { true } else { false }
            #expect(isIncomplete, "\(count) bytes")
        }
    }

    @Test(arguments: [
        "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\n\r\n", "get / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /é HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\n\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\rAccept: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nAccept: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nAccept : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nAccept\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nAccept: \u{1}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nAccept: \u{0}\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nConnection: TE\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Unheard-Of: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u{16}\u{3}\u{1}",
    ])
    func `what is not as plain as that is not for the front`(text: String) {
        let isOther = if case .other = read(text) { true } else { false }

        #expect(isOther)
    }

    private struct Unexpected: Error {}
}
