/// What every database of a suite starts with: made once a server, copied for each test.
package struct Template: Sendable {
    package static let empty = Template("empty") { _ in }

    let name: String
    let fill: @Sendable (Database) async throws -> Void

    /// `name` tells templates apart.
    package init(_ name: String, fill: @escaping @Sendable (Database) async throws -> Void) {
        self.name = name
        self.fill = fill
    }
}
