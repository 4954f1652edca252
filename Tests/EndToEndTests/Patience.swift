import Testing

/// Asks again until something holds that sends no event of its own; fails the test when it does not in time.
func eventually(
    _ what: String, within limit: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation,
    _ holds: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !holds() {
        guard ContinuousClock.now < deadline else {
            Issue.record("not so after \(limit): \(what)", sourceLocation: sourceLocation)
            throw TransportError.timedOut
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
