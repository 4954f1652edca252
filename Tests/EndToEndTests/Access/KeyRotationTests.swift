import Postgres
import PostgresTestSupport
import Testing

/// An issuer that publishes its keys, changes them, moves, and is away for a while.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct KeyRotationTests {
    private static let claims = #"{"scenesync": {"read": ["*"], "admin": true}}"#

    private func start(_ url: String, _ flags: [String] = [], trusting authority: String? = nil) async throws -> Stage {
        try await Stage.start(
            ["--auth", "jwt", "--jwks", url] + flags,
            environment: authority.map { ["SSL_CERT_FILE": $0] } ?? [:])
    }

    @Test func `a new key counts at once, one that was withdrawn no more, and its streams end`() async throws {
        let (old, new) = (IssuerKey("old"), IssuerKey("new"))
        let issuer = try await KeyServer(IssuerKey.set(old))
        let stage = try await start(issuer.url, ["--reauthorize", "1"])
        let project = try await stage.insertProject()
        let (oldToken, newToken) = (try old.token(Self.claims), try new.token(Self.claims))
        let stream = try await stage.stream(project, as: oldToken)
        _ = try await stream.events(through: "ready")
        let monitor = try await EventStream.open(
            port: stage.daemon.port, "/v1/monitor/events", headers: Tokens.header(oldToken))
        #expect(try await stage.get("/v1/projects/\(project)", as: newToken).status == 401)

        try issuer.publish(IssuerKey.set(new))

        #expect(try await stage.get("/v1/projects/\(project)", as: newToken).status == 200)
        #expect(try await stage.get("/v1/projects/\(project)", as: oldToken).status == 401)
        for stream in [stream, monitor] {
            #expect(try await stream.nextEvent(named: "expired", within: .seconds(5)) != nil)
        }
    }

    @Test func `while the issuer is away its keys stay, and it is not asked without end`() async throws {
        let key = IssuerKey("key")
        let issuer = try await KeyServer(IssuerKey.set(key))
        let stage = try await start(issuer.url)
        let project = try await stage.insertProject()
        await issuer.end()

        for number in 0..<50 {
            let token = try IssuerKey("unheard-\(number)").token(Self.claims)
            #expect(try await stage.get("/v1/projects/\(project)", as: token).status == 401)
        }

        #expect(try await stage.get("/v1/projects/\(project)", as: try key.token(Self.claims)).status == 200)
        #expect(stage.daemon.log.count { $0.contains("keys cannot be read") } <= 5)
    }

    @Test(arguments: Way.allCases)
    func `an issuer that is not heard of yet is waited for, and a stream told to come again`(way: Way) async throws {
        let key = IssuerKey("key")
        let issuer = try await KeyServer("none yet")
        let stage = try await start(issuer.url)
        let project = try await stage.insertProject()
        let token = try key.token(Self.claims)
        let early = try await stage.get("/v1/projects/\(project)", as: token, way.headers)
        let stream = try await stage.get("/v1/projects/\(project)/events", as: token, way.headers)
        try issuer.publish(IssuerKey.set(key))

        try await eventually("its keys are known") {
            try await stage.get("/v1/projects/\(project)", as: token).status == 200
        }

        #expect(early.status == 503 && early["Retry-After"] != nil)
        #expect(stream.status == 200 && stream["Content-Type"] == "text/event-stream")
        #expect(stream.text == "retry: 10000\n\n")
    }

    @Test func `an issuer is believed if its certificate is of somebody trusted, and for its name`() async throws {
        let key = IssuerKey("key")
        let certificate = try await Certificate.make(for: "DNS:localhost")
        let issuer = try await KeyServer(IssuerKey.set(key), certificate)
        let token = try key.token(Self.claims)
        let (named, unnamed) = (issuer.url(of: "keys.json", host: "localhost"), issuer.url)

        for (url, authority, status) in [
            (named, certificate.certificatePath, 200), (named, nil, 503), (unnamed, certificate.certificatePath, 503),
            (named, try await Certificate.make().certificatePath, 503), (named, "/none", 503),
        ] {
            let stage = try await start(url, trusting: authority)
            let project = try await stage.insertProject()
            #expect(
                try await stage.get("/v1/projects/\(project)", as: token).status == status, "\(url) \(authority ?? "-")"
            )
            #expect(stage.daemon.log.contains { $0.contains("keys cannot be read") } == (status == 503))
        }
    }

    @Test(arguments: KeyServer.Manner.allCases)
    func `an issuer whose answer does not end is not waited for`(manner: KeyServer.Manner) async throws {
        let key = IssuerKey("key")
        let issuer = try await KeyServer(IssuerKey.set(key))
        let stage = try await start(issuer.url)
        let target = "/v1/projects/\(try await stage.insertProject())"

        try issuer.become(manner)
        async let unknown = stage.get(target, as: try IssuerKey("unheard").token(Self.claims))
        let known = try await stage.get(target, as: try key.token(Self.claims))

        #expect(known.status == 200)
        #expect(try await unknown.status == 401)
        try await stage.daemon.logLine(containing: manner == .endless ? "it is too long" : "its address takes too long")
    }

    @Test(arguments: [
        ("http://issuer.invalid/keys", true), ("HTTP://localhost.invalid:80/keys", true),
        ("https://issuer.invalid/keys", false), ("http://localhost:9/keys", false), ("http://[::1]:9/keys", false),
    ])
    func `keys that come from elsewhere by plain HTTP are warned of`(url: String, isWarnedOf: Bool) async throws {
        let stage = try await start(url)

        #expect(stage.daemon.log.contains { $0.contains("keys come by plain HTTP") } == isWarnedOf)
    }

    @Test func `where an issuer sends us we do not go`() async throws {
        let key = IssuerKey("key")
        let issuer = try await KeyServer(IssuerKey.set(key))
        try await issuer.moveAway("moved")
        let stage = try await start(issuer.url(of: "moved"))
        let project = try await stage.insertProject()

        #expect(try await stage.get("/v1/projects/\(project)", as: try key.token(Self.claims)).status == 503)
        try await stage.daemon.logLine(containing: "its address answers 301")
    }
}
