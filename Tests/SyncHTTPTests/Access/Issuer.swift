import Crypto
import CryptoExtras
import FoundationEssentials
import Logging

@testable import SyncHTTP

/// Signs tokens by an implementation of its own, right ones and others, and publishes its keys as a file.
final class Issuer: Sendable {
    static let secret = "0123456789abcdef0123456789abcdef"
    /// The second at which all is tried.
    static let now = 1_800_000_000

    /// One for all: it takes long to make.
    private static let onlyRSA = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    let rsa: _RSA.Signing.PrivateKey
    let p256 = P256.Signing.PrivateKey()
    let ed25519 = Curve25519.Signing.PrivateKey()
    /// Of nobody that is trusted.
    let foreign = P256.Signing.PrivateKey()
    private let file: String

    init() throws {
        rsa = try Self.onlyRSA.get()
        file = "/tmp/scenesync-jwks-\(UUID().uuidString.lowercased()).json"
        try publish(try standardSet)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: file)
    }

    func publish(_ set: String) throws {
        try Data(set.utf8).write(to: URL(filePath: file))
    }

    var standardSet: String {
        get throws {
            """
            {"keys": [\(try rsaKey(id: "r")), \(p256Key(id: "e")), \(ed25519Key(id: "d")),
            {"kty": "oct", "kid": "o", "alg": "HS256", "k": "\(Self.text(Array(Self.secret.utf8)))"}]}
            """
        }
    }

    /// A ring of the secret and the published keys, as they are now.
    func ring(secret: String? = Issuer.secret) async throws -> KeyRing {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let ring = try await KeyRing(secret: secret, source: .file(file), logger: silent)
        try await ring.begin()
        return ring
    }

    func rsaKey(id: String, more: String = "") throws -> String {
        let parts = try rsa.publicKey.getKeyPrimitives()
        return """
            {"kty": "RSA", "kid": "\(id)", "n": "\(Self.text(parts.modulus))", "e": "\(Self.text(parts.publicExponent))"\(more)}
            """
    }

    func p256Key(id: String, more: String = "") -> String {
        let point = p256.publicKey.x963Representation.dropFirst()
        return """
            {"kty": "EC", "crv": "P-256", "kid": "\(id)", "x": "\(Self.text(point.prefix(32)))", \
            "y": "\(Self.text(point.suffix(32)))"\(more)}
            """
    }

    func ed25519Key(id: String) -> String {
        "{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"kid\": \"\(id)\", \"x\": \"\(Self.text(ed25519.publicKey.rawRepresentation))\"}"
    }

    /// How a token is signed, whatever its header says.
    enum Signature {
        case secret(String)
        case rsa
        case rsaPSS
        case p256
        /// As ASN.1 has it, not as JSON Web Signatures do.
        case p256DER
        case ed25519
        case foreign
        case none
    }

    func signature(_ kind: String) -> Signature {
        switch kind {
        case "none": .none
        case "rsa": .rsa
        case "rsa-pss": .rsaPSS
        case "p256": .p256
        case "p256-der": .p256DER
        case "ed25519": .ed25519
        case "foreign": .foreign
        case "wrong-secret": .secret(String(Self.secret.reversed()))
        case "empty-secret": .secret("")
        case "rsa-as-secret": .secret(rsa.publicKey.pemRepresentation)
        case "p256-as-secret": .secret(p256.publicKey.pemRepresentation)
        case "ed25519-as-secret": .secret(Self.text(ed25519.publicKey.rawRepresentation))
        default: .secret(Self.secret)
        }
    }

    func token(_ header: String, _ payload: String, _ signature: Signature) throws -> String {
        let signed = "\(Self.text(Array(header.utf8))).\(Self.text(Array(payload.utf8)))"
        return "\(signed).\(Self.text(try sign(Array(signed.utf8), signature)))"
    }

    private func sign(_ bytes: [UInt8], _ signature: Signature) throws -> [UInt8] {
        switch signature {
        case .secret(let secret):
            Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(secret.utf8))))
        case .rsa: Array(try rsa.signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
        case .rsaPSS: Array(try rsa.signature(for: bytes, padding: .PSS).rawRepresentation)
        case .p256: Array(try p256.signature(for: bytes).rawRepresentation)
        case .p256DER: Array(try p256.signature(for: bytes).derRepresentation)
        case .ed25519: Array(try ed25519.signature(for: bytes))
        case .foreign: Array(try foreign.signature(for: bytes).rawRepresentation)
        case .none: []
        }
    }

    static func text(_ bytes: some DataProtocol) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// A ring that reads its keys again, for as long as somebody holds this.
final class RunningRing: Sendable {
    let ring: KeyRing
    private let task: Task<Void, Never>

    init(_ ring: KeyRing) {
        self.ring = ring
        task = Task { await ring.run() }
    }

    deinit {
        task.cancel()
    }
}
