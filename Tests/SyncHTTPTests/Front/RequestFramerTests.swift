import Fanout
import NIOCore
import Testing

@testable import SyncHTTP

/// Where requests end, and what is none: a table of what two readers might see differently.
@Suite struct RequestFramerTests {
    /// What is let through of `text`, given in pieces of `size` bytes, and why not all of it.
    private func frame(
        _ text: String, piece size: Int = .max, _ rules: ConnectionRules = ConnectionRules()
    ) -> (passed: String, refusal: Refusal?, isBetween: Bool) {
        var framer = RequestFramer(rules)
        var input = ByteBuffer()
        var passed = ByteBuffer()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            input.writeBytes(rest.prefix(size))
            rest = rest.dropFirst(size)
            steps: while true {
                switch framer.next(&input) {
                case .pass(var part): passed.writeBuffer(&part)
                case .wait: break steps
                case .refuse(let refusal): return (String(buffer: passed), refusal, framer.isBetween)
                }
            }
        }
        return (String(buffer: passed), nil, framer.isBetween && input.readableBytes == 0)
    }

    private static let start = "POST /v1 HTTP/1.1\r\nHost: x\r\n"

    @Test(
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]:1\r\nX_y~: \t é \t\r\n\r\n",
            start + "Content-Length: 0\r\n\r\n", start + "Content-Length: 5\r\n\r\nhello",
            start + "Content-Length: 05\r\n\r\nhelloGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            start + "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n00A\r\n0123456789\r\n0\r\n\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            start + "Content-Length: 4\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        ], [1, 2, 3, 7, Int.max])
    func `whole requests are let through as they are, however they come`(text: String, size: Int) {
        let framed = frame(text, piece: size)

        #expect(framed.passed == text)
        #expect(framed.refusal == nil && framed.isBetween)
    }

    @Test(
        arguments: [
            ("", ""), ("Connection: keep-alive\r\n", ""), ("A: b\r\nconnection: x\r\nC: d\r\n", "A: b\r\nC: d\r\n"),
            ("Upgrade: h2c\r\nConnection: upgrade\r\nA: b\r\n", "A: b\r\n"),
        ], [1, Int.max])
    func `of HTTP/1.0 a request is the last on its connection`(fields: (String, String), size: Int) {
        let framed = frame("GET / HTTP/1.0\r\n\(fields.0)\r\n", piece: size)

        #expect(framed.passed == "GET / HTTP/1.0\r\n\(fields.1)Connection: close\r\n\r\n")
        #expect(framed.refusal == nil && framed.isBetween)
    }

    @Test(
        arguments: [
            // Two ways to say how long it is, or one that is said twice.
            start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            start + "Content-Length: 5\r\ncontent-length: 6\r\n\r\nhello",
            start + "Content-Length: 5, 5\r\n\r\nhello", start + "Content-Length: +5\r\n\r\nhello",
            start + "Content-Length: -5\r\n\r\nhello", start + "Content-Length: 0x5\r\n\r\nhello",
            start + "Content-Length: 5 5\r\n\r\nhello", start + "Content-Length:\r\n\r\nhello",
            start + "Content-Length: 5a\r\n\r\nhello", start + "Content-Length: ٥\r\n\r\nhello",
            start + "Content-Length: 99999999999999999999\r\n\r\nhello",
            start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            start + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", start + "Transfer-Encoding: identity\r\n\r\n",
            start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            start + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
            start + "Transfer-Encoding:\u{b}chunked\r\n\r\n0\r\n\r\n",
            start + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            // Names that another reader may take for them.
            start + "Content-Length : 5\r\n\r\nhello", start + " Content-Length: 5\r\n\r\nhello",
            start + "\tTransfer-Encoding: chunked\r\n\r\n", start + "Transfer-Encoding\r\n : chunked\r\n\r\n",
            start + "Content-Length\u{0}: 5\r\n\r\nhello", start + ": x\r\n\r\n", start + "no colon\r\n\r\n",
            start + "Content Length: 5\r\n\r\nhello", start + "Tränsfer: x\r\n\r\n", start + "(x): y\r\n\r\n",
            // Lines that end otherwise, or go on.
            "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\n\r\n\r\n", "GET / HTTP/1.1\rHost: x\r\r",
            "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n",
            start + "X: a\r\n b\r\n\r\n", start + "X: a\r\n\tb\r\n\r\n", start + "X: a\u{0}b\r\n\r\n",
            start + "X: a\u{1}b\r\n\r\n", start + "X: a\u{7f}b\r\n\r\n", "GET / HTTP/1.1\r\n\n",
            "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            // First lines.
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /  HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
            "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET / a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\r\nHost: x\r\n\r\n",
            "GET / http/1.1\r\nHost: x\r\n\r\n", "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /é HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /#x HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
            "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", "{} / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / \r\nHost: x\r\n\r\n",
            // Hosts.
            "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: u@x\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", "GET http://x/ HTTP/1.1\r\nHost: y\r\n\r\n",
            // Not HTTP at all.
            "\u{16}\u{3}\u{1}\u{2}\u{0}", "SSH-2.0-x\r\n\r\n", "GET\r\n\r\n",
        ], [1, Int.max])
    func `what two readers could see differently is refused, and nothing of it let through`(text: String, size: Int) {
        let framed = frame(text, piece: size)

        guard case .malformed? = framed.refusal else {
            Issue.record("\(framed)")
            return
        }
        #expect(framed.passed.isEmpty)
        #expect(framed.isBetween)
    }

    @Test(
        arguments: [
            "5;x=y\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
            "5\nhello\r\n0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n", "5\r\nhelloo\r\n0\r\n\r\n", "5\r\nhell\r\n\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            "-5\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n", "g\r\n\r\n0\r\n\r\n",
            "000000005\r\nhello\r\n0\r\n\r\n",
            "ffffffffffffffff1\r\nhello\r\n0\r\n\r\n", "0;x\r\n\r\n", "0\r\nX: trailer\r\n\r\n",
            "0\r\nContent-Length: 5\r\n\r\n",
            "0\r\n\n", "0\n\n", "5\r\rhello", "5\rhello",
        ], [1, Int.max])
    func `chunks have one shape`(chunks: String, size: Int) {
        let head = Self.start + "Transfer-Encoding: chunked\r\n\r\n"

        let framed = frame(head + chunks + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", piece: size)

        guard case .malformed? = framed.refusal else {
            Issue.record("\(framed)")
            return
        }
        #expect(!framed.passed.contains("smuggled"))
        #expect(!framed.isBetween)
    }

    @Test func `offers to change the protocol are left out`() {
        let framed = frame(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nX: y\r\nHTTP2-Settings: AAA\r\nConnection: Upgrade\r\nUPGRADE: x\r\n\r\n"
        )

        #expect(framed.refusal == nil)
        #expect(framed.passed == "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\nConnection: Upgrade\r\n\r\n")
    }

    @Test(arguments: [1, 100, Int.max])
    func `each size has its limit, and its answer`(size: Int) {
        let rules = ConnectionRules(head_bytes: 1_000, url_bytes: 100, body_bytes: 50)
        func head(_ target: Int, _ field: Int) -> String {
            "GET /\(String(repeating: "a", count: target - 1)) HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "b", count: field))\r\n\r\n"
        }
        let frame = head(1, 0).utf8.count

        #expect(self.frame(head(100, 0), piece: size, rules).refusal == nil)
        #expect(self.frame(head(101, 0), piece: size, rules).refusal == .urlTooLong)
        #expect(self.frame(head(1, 1_000 - frame), piece: size, rules).refusal == nil)
        #expect(self.frame(head(1, 1_001 - frame), piece: size, rules).refusal == .headTooLarge)
        let many = String(repeating: "a:\r\n", count: RequestHead.mostFields - 1)
        #expect(self.frame("GET / HTTP/1.1\r\nHost: x\r\n\(many)\r\n", piece: size, rules).refusal == nil)
        #expect(
            self.frame("GET / HTTP/1.1\r\nHost: x\r\n\(many)a:\r\n\r\n", piece: size, rules).refusal == .headTooLarge)
        let body = String(repeating: "x", count: 50)
        #expect(self.frame(Self.start + "Content-Length: 50\r\n\r\n" + body, piece: size, rules).refusal == nil)
        #expect(self.frame(Self.start + "Content-Length: 51\r\n\r\n", piece: size, rules).refusal == .bodyTooLarge)
        let chunked = Self.start + "Transfer-Encoding: chunked\r\n\r\n20\r\n\(body.prefix(32))\r\n"
        #expect(self.frame(chunked + "12\r\n\(body.prefix(18))\r\n0\r\n\r\n", piece: size, rules).refusal == nil)
        #expect(self.frame(chunked + "13\r\n", piece: size, rules).refusal == .bodyTooLarge)
    }

    @Test(arguments: ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "HTTP/3"])
    func `another version is 505`(version: String) {
        #expect(frame("GET / \(version)\r\nHost: x\r\n\r\n").refusal == .unsupportedVersion)
        #expect(frame("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").refusal == .unsupportedVersion)
    }

    @Test(arguments: ["get", "FOO", "PROPFIND", "M-SEARCH", "GETT"])
    func `another method is 501`(method: String) {
        #expect(frame("\(method) / HTTP/1.1\r\nHost: x\r\n\r\n").refusal == .unknownMethod)
    }
}
