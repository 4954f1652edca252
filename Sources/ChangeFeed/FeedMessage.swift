import ProjectSync

/// What a notification on our channel says.
enum FeedMessage: Equatable, Sendable {
    case change(Change)
    /// A sign of life that a daemon sent itself, to see whether the listener still hears.
    case canary(daemon: UInt64, number: UInt64)
}
