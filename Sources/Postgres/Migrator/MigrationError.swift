/// Why a migration changed nothing.
package enum MigrationError: Error, Equatable, CustomStringConvertible {
    /// A script that runs only once was applied with another text.
    case edited(String)
    /// A script contains a COMMIT or ROLLBACK of its own.
    case leftTransaction(String)
    case failed(script: String, PostgresError)
    /// The lock was not to be had in time. Nobody knows the blocker if it left at the last moment.
    case blocked(by: Blocker?, waited: Duration)

    package var description: String {
        switch self {
        case .edited(let name): "\(name) was applied with another text; write a new migration instead of editing it"
        case .leftTransaction(let name): "\(name) ends the migration's transaction"
        case .failed(let name, let error): "\(name): \(error)"
        case .blocked(let blocker?, let waited): "no lock after \(waited.components.seconds) s, blocked by \(blocker)"
        case .blocked(nil, let waited): "no lock after \(waited.components.seconds) s"
        }
    }

    /// 55P03, and a deadlock of which we were the victim: both pass.
    var isLockTimeout: Bool {
        guard case .failed(_, let error) = self else { return false }
        return ["55P03", "40P01"].contains(error.sqlstate)
    }
}
