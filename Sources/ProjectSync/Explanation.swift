/// What is known of one image: the changes that named it, and what is at its place now.
package struct Explanation: Sendable {
    /// A change, as far as it concerns the image.
    package struct Event: Sendable {
        /// What the change says of the place.
        package enum Content: Equatable, Sendable {
            case image(ImageURL)
            case gone
            /// It says only that something has changed: of the scene, of the project, or of too many places to be kept.
            case untold
        }

        package enum Outcome: Sendable {
            case applied
            case unchanged
            /// A change with this higher number had decided the place before.
            case outdated(by: Int64)
            /// The state that the cache began with, of this time, had it already.
            case held(since: ContinuousClock.Instant?)
            case loaded(at: ContinuousClock.Instant)
            case awaitsLoad
        }

        package let traced: TracedChange
        package let content: Content
        package let outcome: Outcome
        package let publication: TracedChange.Publication?
    }

    /// What the cache has at the place.
    package struct Cached: Sendable {
        package let image: ImageURL?
        package let isOnFallback: Bool
        package let generation: Int64
        /// The 0-based places in `scenes` that show the scene; none: the document does not have it.
        package let positions: [Int]
        package let revision: Revision
        package let isVouched: Bool
        /// A change is known that only the next load will bring.
        package let isBehind: Bool
        package let subscribers: Int
        /// Since when the state in memory is followed by changes; what was before was in a load.
        package let loadedAt: ContinuousClock.Instant?
        package let audit: ProjectAudit
    }

    package let project: ProjectID
    package let place: Place
    package let status: FeedStatus
    package let events: [Event]
    /// Repairs of the audit that came after what was heard of the project first.
    package let repairs: [TracedLoad]
    /// Whether older changes are no more kept.
    package let hasForgotten: Bool
    /// nil: the project is not in memory.
    package let cached: Cached?
}
