import Crypto

/// The event id of a joint stream: which projects it is of, and what its client has of each.
package struct JointID: Sendable, CustomStringConvertible {
    /// Tells lists of projects apart, since a revision does not say whose it is.
    private let list: String
    /// In the order of the projects; nil where the client has nothing.
    package private(set) var revisions: [Revision?]

    /// Of a client that has nothing yet.
    package init(of projects: [ProjectID]) {
        var hasher = SHA256()
        for project in projects { hasher.update(data: Array(project.description.utf8)) }
        list = hasher.finalize().prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        revisions = projects.map { _ in nil }
    }

    /// Reads an id as it was printed; nil for any other text, and for the id of another list.
    package init?(_ text: String, of projects: [ProjectID]) {
        self.init(of: projects)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == projects.count + 1, parts[0] == list else { return nil }
        for (index, part) in parts.dropFirst().enumerated() where !part.isEmpty {
            guard let revision = Revision(part) else { return nil }
            revisions[index] = revision
        }
    }

    package mutating func note(_ revision: Revision?, at index: Int) {
        revisions[index] = revision
    }

    package var description: String {
        ([list] + revisions.map { $0?.description ?? "" }).joined(separator: ".")
    }
}
