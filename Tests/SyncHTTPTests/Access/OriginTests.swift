import HTTPTypes
import Testing

@testable import SyncHTTP

@Suite struct OriginTests {
    @Test(
        arguments: [
            ("https://app.example", "https://app.example"), ("HTTPS://App.Example", "https://app.example"),
            ("https://app.example:443", "https://app.example"), ("http://localhost:3000", "http://localhost:3000"),
            ("http://app.example:80", "http://app.example"), ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://app.example:80", "https://app.example:80"),
        ])
    func `it is written as browsers do`(text: String, written: String) {
        #expect(Origin(text)?.text == written)
    }

    @Test(arguments: [
        "", "*", "null", "app.example", "https://", "https://*.app.example", "https://app.example/",
        "https://app.example/path", "https://a@app.example", "ftp://app.example", "file://", "https://app.example:",
        "https://app.example:x", "https://a b", "https://a,b", "https://a?b", "https://é.example", "https:app.example",
        "javascript://app.example", "https://::1",
    ])
    func `anything else is none`(text: String) {
        #expect(Origin(text) == nil)
    }

    @Test func `who is allowed is told so, letter by letter`() {
        let rule = OriginRule([Origin("https://app.example"), Origin("http://localhost:3000")].compactMap { $0 })

        for origin in ["https://app.example", "http://localhost:3000"] {
            let fields = rule.fields(for: origin)
            #expect(fields[.accessControlAllowOrigin] == origin)
            #expect(fields[.accessControlAllowCredentials] == "true")
            #expect(fields[.accessControlExposeHeaders] == "ETag, Age, Cache-Status, Sync-Token, Retry-After")
        }
        for origin in [
            nil, "null", "*", "https://evil-app.example", "https://app.example.evil", "https://app.example:8443",
            "http://app.example", "https://sub.app.example", "https://APP.example", "http://localhost",
            "https://app.exampl",
        ] {
            #expect(rule.fields(for: origin) == [.vary: "Origin"], "\(origin ?? "none")")
        }
        #expect(OriginRule.none.fields(for: "https://app.example").isEmpty)
    }

    @Test(
        arguments: [
            ("127.0.0.1", true), ("127.0.0.1:8787", true), ("localhost:1", true), ("LocalHost", true), ("[::1]", true),
            ("[::1]:8787", true), ("box.example", true), ("Box.Example:80", true), ("evil.example", false),
            ("localhost.", false), ("localhost.evil.example", false), ("evil.example:8787", false),
            ("127.0.0.2", false),
            ("127.0.0.1.evil.example", false), ("::1", false), ("[::2]:80", false), ("0", false), ("2130706433", false),
            ("127.1", false), ("localhost:80:80", false), ("", false), ("localhost:x", false),
            ("user@localhost", false),
        ])
    func `on loopback a server is called by its names`(host: String, isRight: Bool) {
        let rule = HostRule(address: "127.0.0.1", isLoopback: true, allowed: ["box.example"])

        #expect(rule.allows(host) == isRight)
    }

    @Test func `elsewhere by any, unless some are named`() {
        #expect(HostRule(address: "0.0.0.0", isLoopback: false, allowed: []).allows("any.example"))
        #expect(!HostRule(address: "0.0.0.0", isLoopback: false, allowed: ["a.example"]).allows("any.example"))
        #expect(HostRule(address: "127.0.0.7", isLoopback: true, allowed: []).allows("127.0.0.7:80"))
    }
}
