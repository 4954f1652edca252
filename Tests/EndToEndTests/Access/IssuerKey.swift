import Crypto
import FoundationEssentials

/// A key of an issuer's, as it is published, and what is signed with it.
struct IssuerKey {
    let id: String
    private let key = P256.Signing.PrivateKey()

    init(_ id: String) {
        self.id = id
    }

    /// A set of keys (RFC 7517).
    static func set(_ keys: IssuerKey...) -> String {
        "{\"keys\": [\(keys.map(\.published).joined(separator: ", "))]}"
    }

    private var published: String {
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
