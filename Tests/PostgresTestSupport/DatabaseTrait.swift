import Testing

/// Gives each test `Database.current`.
package struct DatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true
    let template: Template

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await Database.with(template, on: Server.shared) { database in
            try await Database.$currentOrNil.withValue(database) { try await function() }
        }
    }
}

extension Trait where Self == DatabaseTrait {
    package static var database: Self { .database(.empty) }

    package static func database(_ template: Template) -> Self {
        DatabaseTrait(template: template)
    }
}
