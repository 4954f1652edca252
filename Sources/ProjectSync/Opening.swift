/// How a subscriber's stream begins, or goes on after it could not keep up.
package struct Opening: Sendable {
    /// What is sent now, in this order.
    package let frames: [Frame]
    /// The subscriber's place in the project's log after those frames.
    package let position: UInt64
    /// Whether a `ready` is still owed: the feed is stale.
    package let owesReady: Bool
    package let revision: Revision
}
