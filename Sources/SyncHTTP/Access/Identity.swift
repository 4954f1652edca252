import ProjectSync

/// Who asks: what a token says whose signature has been checked.
final class Identity: Sendable {
    let subject: String?
    /// As whom the database is asked; nil if the token names no role.
    let caller: Caller?
    let grants: Grants
    /// The seconds, since 1970, from which on and before which it is valid.
    private let start_seconds: Int?
    let end_seconds: Int?
    /// What it was checked with.
    let key: SigningKey.ID

    init(
        subject: String?, caller: Caller?, grants: Grants, start_seconds: Int?, end_seconds: Int?, key: SigningKey.ID
    ) {
        self.subject = subject
        self.caller = caller
        self.grants = grants
        self.start_seconds = start_seconds
        self.end_seconds = end_seconds
        self.key = key
    }

    func check(now: Int) throws(TokenError) {
        if let end_seconds, now >= end_seconds { throw .expired }
        if let start_seconds, now < start_seconds { throw .notYetValid }
    }
}
