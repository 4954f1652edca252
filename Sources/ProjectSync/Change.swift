/// One statement's work on one project, as a trigger announced it.
package struct Change: Equatable, Sendable {
    /// What the statement was; `rows_changed` and the monitor count by it.
    package enum Operation: String, Sendable, CaseIterable {
        case insert, update, delete, truncate
        case projectInsert = "project_insert"
        case projectUpdate = "project_update"
        case projectDelete = "project_delete"
        case projectTruncate = "project_truncate"
    }

    /// What to do to the project's state.
    package enum Effect: Equatable, Sendable {
        /// The net effect on places, complete, and the generations of scenes that images have left.
        case images(set: [Image], gone: [Place], lost: [Int32: Int64])
        /// Too long for a payload, or not expressible in places: these scenes have to be read anew.
        case rereadScenes([Int32])
        /// The whole project has to be read anew.
        case reload
    }

    /// How it came to the daemon.
    package struct Arrival: Equatable, Sendable {
        package enum Way: String, Sendable {
            case notification, table
        }

        package let way: Way
        package let at: ContinuousClock.Instant

        package init(_ way: Way, at: ContinuousClock.Instant) {
            self.way = way
            self.at = at
        }
    }

    package let operation: Operation
    /// nil after TRUNCATE: every project.
    package let project: ProjectID?
    package let xid: UInt64
    /// The number taken in the trigger: for one place, its order is the order of commits.
    package let n: Int64
    package let statementTime_microseconds: Int64
    package let transactionTime_microseconds: Int64
    package let backendPID: Int32
    package let rows: Int
    package let effect: Effect
    package var arrival: Arrival?

    package init(
        operation: Operation, project: ProjectID?, xid: UInt64, n: Int64, statementTime_microseconds: Int64 = 0,
        transactionTime_microseconds: Int64 = 0, backendPID: Int32 = 0, rows: Int = 1, effect: Effect
    ) {
        self.operation = operation
        self.project = project
        self.xid = xid
        self.n = n
        self.statementTime_microseconds = statementTime_microseconds
        self.transactionTime_microseconds = transactionTime_microseconds
        self.backendPID = backendPID
        self.rows = rows
        self.effect = effect
    }

    /// Whether the change itself does not tell what there is now.
    package var needsLoad: Bool {
        if case .images = effect { false } else { true }
    }
}
