/// A JSON Web Token as it came (RFC 7515, section 7.1): taken apart, not believed.
struct Token {
    private static let longest_bytes = 16 << 10
    private static let types: Set<String> = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]

    let algorithm: String
    let keyID: String?
    let payload: [UInt8]
    /// What the signature is of.
    let signed: [UInt8]
    let signature: [UInt8]

    init(_ text: String) throws(TokenError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.longest_bytes else { throw .malformed }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let header = JSONMembers(head),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        // What would have to be understood to check it, we do not.
        for name in ["crit", "b64", "enc", "zip"] where header.has(name) { throw .malformed }
        guard let algorithm = header.string("alg") else { throw .malformed }
        if header.has("typ") {
            // Issuers sign other things with the same keys, which are no tokens of access.
            guard let type = header.string("typ"), Self.types.contains(type.lowercased()) else { throw .malformed }
        }
        if header.has("kid"), header.string("kid") == nil { throw .malformed }
        self.algorithm = algorithm
        keyID = header.string("kid")
        self.payload = payload
        self.signature = signature
        signed = Array(bytes[..<(bytes.count - parts[2].count - 1)])
    }
}
