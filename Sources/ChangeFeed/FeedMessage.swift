import ProjectSync

/// What a notification on our channel says, or a row of the table of changes.
package enum FeedMessage: Equatable, Sendable {
    case change(Change)
    case sign(DaemonSign)
}
