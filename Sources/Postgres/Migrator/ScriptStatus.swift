/// How a script and a database stand to each other.
package struct ScriptStatus: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// In its order, once in a database's life, never edited.
        case once
        /// Again whenever its text has changed.
        case always
    }

    package enum State: String, Sendable {
        case applied, pending, changed
        /// Recorded as applied, but what it made is gone.
        case missing
    }

    package let name: String
    package let kind: Kind
    package let state: State
    /// PostgreSQL's text of the time, in UTC.
    package let appliedAt: String?
}
