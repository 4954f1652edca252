/// What a comparison found of one project in the database.
package struct ComparedProject: Sendable {
    package enum Finding: Sendable {
        /// What it was when it had this fingerprint before.
        case asKnown
        /// Something else, or nothing is known; nil: there is no such project.
        case loaded(Project?)
    }

    package let id: ProjectID
    package let finding: Finding
    /// Names the versions of the rows that the project is made of.
    package let fingerprint: String
    package let snapshot: TransactionSnapshot

    package init(id: ProjectID, finding: Finding, fingerprint: String, snapshot: TransactionSnapshot) {
        self.id = id
        self.finding = finding
        self.fingerprint = fingerprint
        self.snapshot = snapshot
    }
}

/// A fingerprint, and what the project contained that had it.
struct KnownContents {
    let fingerprint: String
    let revision: Revision
}
