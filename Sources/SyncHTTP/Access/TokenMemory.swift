/// Tokens whose signatures have been checked, so that who comes again with the same one is known at once.
struct TokenMemory {
    private static let most_bytes = 64 << 20
    private static let entry_bytes = 512

    private var identities = RecentMemory<String, Identity>(most_bytes: most_bytes)
    private var edition = 0

    /// `edition` is that of the keys: with other keys nothing that was checked before counts.
    mutating func find(_ token: String, edition: Int) -> Identity? {
        follow(edition)
        return identities.find(token)
    }

    mutating func keep(_ token: String, _ identity: Identity, edition: Int) {
        follow(edition)
        // Once as it came, and once more as claims.
        identities.keep(identity, for: token, size_bytes: Self.entry_bytes + 2 * token.utf8.count)
    }

    private mutating func follow(_ edition: Int) {
        guard edition != self.edition else { return }
        self.edition = edition
        identities.forgetAll()
    }
}
