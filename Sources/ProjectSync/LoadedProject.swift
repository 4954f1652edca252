/// What a load found of one project, under which snapshot.
package struct LoadedProject: Sendable {
    package let id: ProjectID
    /// nil: there is no such project.
    package let project: Project?
    package let snapshot: TransactionSnapshot

    package init(id: ProjectID, project: Project?, snapshot: TransactionSnapshot) {
        self.id = id
        self.project = project
        self.snapshot = snapshot
    }
}
