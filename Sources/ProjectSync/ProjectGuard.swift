/// Asks the database what its row security lets a caller read.
package protocol ProjectGuard: Sendable {
    func mayRead(_ caller: Caller, _ project: ProjectID) async -> RightToRead
}

/// What a caller can read of a project.
package enum RightToRead: Sendable, Equatable {
    case readable
    /// It is not there, or not for this caller: the database does not say which.
    case hidden
    /// The daemon cannot act as the caller's role.
    case noSuchRole
    case unavailable(reason: String)
}
