import HTTPTypes
import Testing

@testable import SyncHTTP

@Suite struct CredentialsTests {
    private static let origins = OriginRule([Origin("https://app.example")].compactMap { $0 })

    private func find(
        _ headers: HTTPFields, method: HTTPRequest.Method = .get, target: String = "/v1/projects/x/events",
        host: String? = "api.example:8787", isStream: Bool = true
    ) -> Credentials {
        .find(
            Asked(method, target, headers, host: host), cookie: "session", origins: Self.origins, isStream: isStream)
    }

    @Test func `the header's token comes before the cookie's, and that before the query's`() {
        let target = "/v1/projects/x/events?access_token=q"

        #expect(find([.authorization: "Bearer h", .cookie: "session=c"], target: target) == .token("h"))
        #expect(find([.authorization: "Bearer h", .cookie: "session=c"]) == .token("h"))
        #expect(find([.authorization: "Bearer h"], target: target) == .token("h"))
        #expect(find([.cookie: "a=b; session=c; d=e"], target: target) == .token("c"))
        #expect(find([.cookie: "a=b"], target: target) == .token("q"))
        #expect(find([:], target: target, isStream: false) == .none)
        #expect(find([:]) == .none)
    }

    @Test(arguments: ["bearer h", "BEARER h", "Bearer  h"])
    func `the scheme's name is written in any way`(value: String) {
        #expect(find([.authorization: value]) == .token("h"))
    }

    @Test(arguments: ["", "Bearer", "Bearer ", "Basic aDpo", "h", "Token h"])
    func `another Authorization is no token, and no other one counts beside it`(value: String) {
        let found = find([.authorization: value, .cookie: "session=c"], target: "/e?access_token=q")

        guard case .refused = found else {
            Issue.record("\(found)")
            return
        }
    }

    @Test func `what comes twice does not count`() {
        var headers = HTTPFields()
        headers.append(HTTPField(name: .authorization, value: "Bearer a"))
        headers.append(HTTPField(name: .authorization, value: "Bearer b"))

        #expect(find(headers).isRefused)
        #expect(find([.cookie: "session=a; session=b"]).isRefused)
        #expect(find([:], target: "/e?access_token=a&access_token=b").isRefused)
        #expect(find([.cookie: "session=a; session=a"]) == .token("a"))
    }

    @Test(
        arguments: [
            (nil, nil, true), (nil, "same-origin", true), (nil, "none", true), (nil, "same-site", false),
            (nil, "cross-site", false), (nil, "x", false), ("https://api.example:8787", nil, true),
            ("http://api.example:8787", "same-origin", true), ("https://app.example", "same-site", true),
            ("https://app.example", "cross-site", true), ("https://api.example", nil, false),
            ("https://api.example:8788", nil, false), ("https://api.example:8787", "cross-site", false),
            ("https://evil.example", "cross-site", false), ("https://evil.example", nil, false),
            ("null", nil, false), ("null", "cross-site", false), ("https://evil-app.example", nil, false),
            ("https://app.example.evil.example", nil, false), ("https://app.example:8443", nil, false),
            ("http://app.example", nil, false), ("https://app.example@evil.example", nil, false),
            ("https://app.example/", nil, false), ("https://app.example, https://evil.example", nil, false),
        ] as [(String?, String?, Bool)])
    func `a cookie counts for pages of ours and of those allowed`(origin: String?, site: String?, counts: Bool) {
        var headers: HTTPFields = [.cookie: "session=c"]
        headers[.origin] = origin
        headers[.secFetchSite] = site

        let found = find(headers)

        #expect(counts ? found == .token("c") : found.isRefused, "\(found)")
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .delete])
    func `a write by cookie needs an Origin`(method: HTTPRequest.Method) {
        #expect(find([.cookie: "session=c"], method: method, isStream: false).isRefused)
        #expect(find([.cookie: "session=c", .secFetchSite: "same-origin"], method: method, isStream: false).isRefused)
        #expect(find([.cookie: "session=c", .origin: "https://app.example"], method: method) == .token("c"))
        #expect(find([.cookie: "session=c", .origin: "https://api.example:8787"], method: method) == .token("c"))
        #expect(find([.authorization: "Bearer h"], method: method) == .token("h"))
    }
}

extension Credentials {
    fileprivate var isRefused: Bool {
        if case .refused = self { true } else { false }
    }
}
