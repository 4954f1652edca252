import UnixSignals

/// Ctrl-C and SIGTERM for commands that have something to put in order before they end.
enum Interruption {
    /// Runs `work`, which the first signal cancels; whether it came to its own end.
    static func interrupting(_ work: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                do {
                    try await work()
                    return true
                } catch is CancellationError {
                    return false
                }
            }
            tasks.addTask {
                for await _ in signals { return false }
                return false
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() == true
        }
    }
}
