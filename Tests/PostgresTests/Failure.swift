import Postgres

/// The error that `body` ends with, for what runs beside other things.
func failure(_ body: @Sendable () async throws -> some Any) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

extension PostgresError {
    var isConnectionLoss: Bool {
        if case .connectionLost = self { true } else { false }
    }

    var isUnreachable: Bool {
        if case .unreachable = self { true } else { false }
    }
}
