/// How a subscriber's stream begins, or goes on after it could not keep up.
package struct Opening: Sendable {
    /// Since when the project may be stale, if that is to be told first.
    package let staleSince: String?
    /// What is sent now, in this order.
    package let frames: [Frame]
    /// The subscriber's place in the project's log after those frames.
    package let position: UInt64
    /// Whether changes arrive live from here on, which `ready` says; else it is owed.
    package let isLive: Bool
    package let revision: Revision
}
