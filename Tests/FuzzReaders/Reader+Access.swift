@testable import ProjectSync
@testable import SyncHTTP

/// What says who asks.
extension Reader {
    /// Bytes have one text, claims one reading, and a right that is given is one that was written down.
    static func token(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        if let token = try? Token(text), !text.hasPrefix(String(decoding: token.signed, as: UTF8.self) + ".") {
            throw Finding("a signature of something else")
        }
        if let decoded = Base64URL.decode(bytes), decoded.count != bytes.count * 3 / 4 {
            throw Finding("base 64 of another length")
        }
        guard let claims = JSONMembers(bytes) else { return }
        if let grants = try? Grants(claims), grants != .nothing, !claims.has("scenesync"), !claims.has("role") {
            throw Finding("rights from nowhere")
        }
        _ = try? TokenRules(issuer: "i", audience: "a").identity(bytes, key: .init(text: ""), now: 1_000)
    }

    /// An origin is written in one way, and is at no host that is called otherwise.
    static func origin(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = HostRule(address: "127.0.0.1", isLoopback: true, allowed: []).allows(text)
        guard let origin = Origin(text) else { return }
        guard Origin(origin.text) == origin else { throw Finding("an origin that is another") }
        guard !origin.text.contains(where: { $0.isWhitespace || $0 == "*" || $0 == "," }) else {
            throw Finding("an origin that is several")
        }
    }
}
