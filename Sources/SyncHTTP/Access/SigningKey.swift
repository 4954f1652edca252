import FoundationEssentials
import JWTKit

/// A key, with the one algorithm that it is for. What a token says of algorithms chooses among keys, and nothing else.
struct SigningKey: Sendable {
    /// Tells keys apart by what they are made of.
    struct ID: Hashable, Sendable {
        let text: String
    }

    /// Why an issuer's key is not used.
    struct Unusable: Error {
        let reason: String
    }

    let id: ID
    let algorithm: String
    private let keyID: String?
    private let isForAnyID: Bool
    private let verifier: any JWTAlgorithm

    /// HS256 with a secret that we share with whoever signs.
    static func secret(_ secret: String) async throws -> SigningKey {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return SigningKey(
            id: ID(text: "secret"), algorithm: "HS256", keyID: nil, isForAnyID: true, verifier: try await keys.getKey())
    }

    /// A public key of an issuer's set (RFC 7517). A secret one is none that it would publish.
    static func published(_ key: JSONMembers) async throws -> SigningKey {
        let id = key.string("kid")
        if key.has("kid"), id == nil { throw Unusable(reason: "its kid is no string") }
        if key.has("use"), key.string("use") != "sig" { throw Unusable(reason: "it is not for signatures") }
        if key.has("key_ops"), key.strings("key_ops")?.contains("verify") != true {
            throw Unusable(reason: "it is not for verifying")
        }
        let kind = key.string("kty") ?? "none"
        let parts = ["kty", "n", "e", "crv", "x", "y"].map { key.string($0) ?? "" }
        let (algorithm, verifier) = try await verifier(kind, key)
        if key.has("alg"), key.string("alg") != algorithm {
            throw Unusable(reason: "it is for an algorithm other than \(algorithm)")
        }
        return SigningKey(
            id: ID(text: parts.joined(separator: " ")), algorithm: algorithm, keyID: id, isForAnyID: false,
            verifier: verifier)
    }

    /// Whether a token that names this id, or none, may be of this key.
    func answers(to id: String?) -> Bool {
        isForAnyID || id == nil || id == keyID
    }

    func verifies(_ token: Token) -> Bool {
        guard token.algorithm == algorithm else { return false }
        return (try? verifier.verify(token.signature, signs: token.signed)) == true
    }

    private static func verifier(_ kind: String, _ key: JSONMembers) async throws -> (String, any JWTAlgorithm) {
        let keys = JWTKeyCollection()
        do {
            switch (kind, key.string("crv")) {
            case ("RSA", nil):
                guard let n = key.string("n"), let e = key.string("e") else { break }
                await keys.add(rsa: try Insecure.RSA.PublicKey(modulus: n, exponent: e), digestAlgorithm: .sha256)
                return ("RS256", try await keys.getKey())
            case ("EC", "P-256"):
                guard let x = key.string("x"), let y = key.string("y") else { break }
                await keys.add(ecdsa: try ES256PublicKey(parameters: (x: x, y: y)))
                return ("ES256", try await keys.getKey())
            case ("OKP", "Ed25519"):
                guard let x = key.string("x") else { break }
                await keys.add(eddsa: try EdDSA.PublicKey(x: x, curve: .ed25519))
                return ("EdDSA", try await keys.getKey())
            default: throw Unusable(reason: "its kind is not RSA, EC with P-256 or OKP with Ed25519")
            }
        } catch let error as Unusable {
            throw error
        } catch {
            throw Unusable(reason: "it is no key: \(error)")
        }
        throw Unusable(reason: "it lacks a part")
    }
}
