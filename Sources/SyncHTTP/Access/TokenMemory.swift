/// Tokens whose signatures have been checked, so that who comes again with the same one is known at once.
struct TokenMemory {
    private static let most = 8_192
    /// Longer ones are rare, and are checked each time.
    private static let longest_bytes = 4 << 10

    private var newer: [String: Identity] = [:]
    private var older: [String: Identity] = [:]
    private var edition = 0

    /// `edition` is that of the keys: with other keys nothing that was checked before counts.
    mutating func find(_ token: String, edition: Int) -> Identity? {
        follow(edition)
        if let identity = newer[token] { return identity }
        guard let identity = older[token] else { return nil }
        keep(token, identity, edition: edition)
        return identity
    }

    mutating func keep(_ token: String, _ identity: Identity, edition: Int) {
        follow(edition)
        guard token.utf8.count <= Self.longest_bytes else { return }
        if newer.count >= Self.most / 2 {
            older = newer
            newer = [:]
        }
        newer[token] = identity
    }

    private mutating func follow(_ edition: Int) {
        guard edition != self.edition else { return }
        self.edition = edition
        newer = [:]
        older = [:]
    }
}
