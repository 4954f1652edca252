/// Time limits of checks.
enum Patience {
    /// How long a change may take to arrive.
    static let arrival = Duration.seconds(10)
    /// How long a check may take in all, whoever holds a lock.
    static let check = Duration.seconds(30)

    static func within<Value: Sendable>(
        _ limit: Duration, _ what: @autoclosure @escaping @Sendable () -> String,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { tasks in
            tasks.addTask { try await work() }
            tasks.addTask {
                try await Task.sleep(for: limit)
                throw VerifyFailure("not within \(limit.components.seconds) s: \(what())")
            }
            defer { tasks.cancelAll() }
            guard let value = try await tasks.next() else { throw CancellationError() }
            return value
        }
    }
}
