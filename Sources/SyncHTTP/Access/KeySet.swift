/// The keys of an issuer (RFC 7517), those that can be used.
struct KeySet: Sendable {
    /// Why a text is no set of keys.
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    private static let most = 100

    let keys: [SigningKey]
    /// What is told about the others.
    let unused: [String]

    static func read(_ text: [UInt8]) async throws -> KeySet {
        guard let list = JSONMembers(text)?.elements("keys") else {
            throw Malformed(description: "it is no JSON Web Key Set, an object with a list of keys")
        }
        var keys: [SigningKey] = []
        var unused: [String] = []
        for (number, element) in list.prefix(most).enumerated() {
            guard let key = JSONMembers(element) else {
                unused.append("key \(number): it is no object")
                continue
            }
            do {
                keys.append(try await SigningKey.published(key))
            } catch let error as SigningKey.Unusable {
                unused.append("key \(number): \(error.reason)")
            }
        }
        guard !keys.isEmpty else {
            throw Malformed(description: "it has no key that can be used (\(unused.joined(separator: "; ")))")
        }
        return KeySet(keys: keys, unused: unused)
    }
}
