import Crypto
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// An issuer that publishes its keys by HTTP, changes them, and is away for a while.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct KeyRotationTests {
    /// A server of files, which is gone with its last holder.
    private final class Issuer: Sendable {
        let folder: TemporaryFolder
        let child: ChildProcess
        let port: Int

        init(_ set: String) async throws {
            folder = try TemporaryFolder()
            _ = try folder.write(set, to: "keys.json")
            child = try await ChildProcess.start(
                ["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder.path])
            let lines = LogLines()
            lines.read(child.output)
            let line = try await lines.first(within: .seconds(20)) { $0.contains(" port ") }
            let words = line.split(separator: " ")
            let place = try #require(words.firstIndex(of: "port"))
            port = try #require(Int(words[place + 1]))
        }

        var url: String { "http://127.0.0.1:\(port)/keys.json" }

        func publish(_ set: String) throws { _ = try folder.write(set, to: "keys.json") }
    }

    private struct Key {
        let id: String
        private let key = P256.Signing.PrivateKey()

        init(_ id: String) {
            self.id = id
        }

        var published: String {
            let point = key.publicKey.x963Representation.dropFirst()
            return """
                {"kty": "EC", "crv": "P-256", "kid": "\(id)", "x": "\(text(point.prefix(32)))", "y": "\(text(point.suffix(32)))"}
                """
        }

        func token(_ claims: String) throws -> String {
            let header = "{\"alg\": \"ES256\", \"kid\": \"\(id)\"}"
            let signed = "\(text(Data(header.utf8))).\(text(Data(claims.utf8)))"
            return "\(signed).\(text(try key.signature(for: Array(signed.utf8)).rawRepresentation))"
        }

        private func text(_ bytes: Data) -> String {
            bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
    }

    private static let claims = #"{"scenesync": {"read": ["*"], "admin": true}}"#

    private static func set(_ keys: Key...) -> String {
        "{\"keys\": [\(keys.map(\.published).joined(separator: ", "))]}"
    }

    @Test func `a new key counts at once, one that was withdrawn no more, and its streams end`() async throws {
        let (old, new) = (Key("old"), Key("new"))
        let issuer = try await Issuer(Self.set(old))
        let stage = try await Stage.start(["--auth", "jwt", "--jwks", issuer.url, "--reauthorize", "1"])
        let project = try await stage.insertProject()
        let (oldToken, newToken) = (try old.token(Self.claims), try new.token(Self.claims))
        let stream = try await stage.stream(project, as: oldToken)
        _ = try await stream.events(through: "ready")
        #expect(try await stage.get("/v1/projects/\(project)", as: newToken).status == 401)

        try issuer.publish(Self.set(new))

        #expect(try await stage.get("/v1/projects/\(project)", as: newToken).status == 200)
        #expect(try await stage.get("/v1/projects/\(project)", as: oldToken).status == 401)
        #expect(try await stream.nextEvent(named: "expired", within: .seconds(5)) != nil)
    }

    @Test func `while the issuer is away its keys stay, and it is not asked without end`() async throws {
        let key = Key("key")
        let issuer = try await Issuer(Self.set(key))
        let stage = try await Stage.start(["--auth", "jwt", "--jwks", issuer.url])
        let project = try await stage.insertProject()
        issuer.child.kill()
        _ = await issuer.child.waitForExit()

        for number in 0..<50 {
            let token = try Key("unheard-\(number)").token(Self.claims)
            #expect(try await stage.get("/v1/projects/\(project)", as: token).status == 401)
        }

        #expect(try await stage.get("/v1/projects/\(project)", as: try key.token(Self.claims)).status == 200)
        #expect(stage.daemon.log.count { $0.contains("keys cannot be read") } <= 5)
    }

    @Test func `an issuer that is not heard of yet is waited for`() async throws {
        let key = Key("key")
        let issuer = try await Issuer("none yet")
        let stage = try await Stage.start(["--auth", "jwt", "--jwks", issuer.url])
        let project = try await stage.insertProject()
        let token = try key.token(Self.claims)
        let early = try await stage.get("/v1/projects/\(project)", as: token)
        try issuer.publish(Self.set(key))

        try await eventually("its keys are known") {
            try await stage.get("/v1/projects/\(project)", as: token).status == 200
        }

        #expect(early.status == 503 && early["Retry-After"] != nil)
    }
}
