import ArgumentParser
import Glibc
import Postgres

/// Ends a command as the manual says: one clear line on stderr, and a status by the kind of failure.
enum ExitStatus {
    static let foundSomething = ExitCode(2)

    /// Runs a command's work and turns what it throws into a line and a status.
    static func report(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let code as ExitCode {
            throw code
        } catch {
            Console.note("scenesync: \(ConnectionFailure.explanation(of: error) ?? "\(error)")")
            throw status(of: error)
        }
    }

    private static func status(of error: any Error) -> ExitCode {
        switch error {
        case let error as ConfigurationError: ExitCode(error.isOfFlag ? EX_USAGE : EX_CONFIG)
        case PostgresError.badSettings: ExitCode(EX_CONFIG)
        case PostgresError.unreachable: ExitCode(EX_UNAVAILABLE)
        default: ExitCode(1)
        }
    }
}
