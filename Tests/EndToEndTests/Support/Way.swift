import Testing

/// Who serves a connection: the reactor that accepted it, or a channel of HTTP's ordinary way.
enum Way: String, CaseIterable {
    case reactor
    case channel

    @TaskLocal static var current = Way.reactor

    /// A header field that the daemon's front does not know makes a request one that is not for it to judge.
    var headers: [String: String] {
        self == .channel ? ["X-Not-Plain": "1"] : [:]
    }
}

/// Runs each test once for each way that a stream's bytes may go.
struct BothWaysTrait: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        for way in Way.allCases {
            try await Way.$current.withValue(way) { try await function() }
        }
    }
}

extension Trait where Self == BothWaysTrait {
    static var bothWays: Self { BothWaysTrait() }
}
