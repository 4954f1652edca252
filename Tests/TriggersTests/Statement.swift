import Testing

/// A statement of the app's, what it announces and what is remembered of it.
struct Statement: Sendable, CustomTestStringConvertible {
    let title: String
    let sql: String
    let announces: [String]
    let remembers: [String]

    init(_ title: String, _ sql: String, announces: [String], remembers: [String] = []) {
        self.title = title
        self.sql = sql
        self.announces = announces
        self.remembers = remembers
    }

    var testDescription: String { title }
}
