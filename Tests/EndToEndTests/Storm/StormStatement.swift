/// One statement of a storm, and what it is counted as.
struct StormStatement: Sendable {
    let sql: String
    let parameters: [String?]
    let kinds: [StormCounts.Kind]

    init(_ sql: String, _ parameters: [String?], _ kinds: StormCounts.Kind...) {
        self.sql = sql
        self.parameters = parameters
        self.kinds = kinds
    }
}

/// A transaction as it was decided before it began, so that it can be tried again.
struct StormTransaction: Sendable {
    enum Step: Sendable {
        case statement(StormStatement)
        /// Up to the matching `rollbackTo`, what is done will be undone.
        case savepoint
        case rollbackTo
        case release
        case pause(Duration)
    }

    let isolation: String
    let isLong: Bool
    let commits: Bool
    let project: StormProject
    let steps: [Step]
}
