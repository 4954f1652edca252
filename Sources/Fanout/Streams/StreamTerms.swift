/// Under what terms a stream is served.
package final class StreamTerms: Sendable {
    /// The right to it; nil: everybody's.
    package let permit: (any Permit)?
    /// Whose page reads it, where that is to be answered.
    package let origin: String?

    package init(permit: (any Permit)?, origin: String?) {
        self.permit = permit
        self.origin = origin
    }
}

/// The right to a stream: looked at before it begins, and again as long as it goes on.
package protocol Permit: AnyObject, Sendable {
    /// The second, since 1970, with which it ends whatever else is found; nil: there is none.
    var end_seconds: Int? { get }
    /// Finds out whether it holds, and calls back once, from any thread.
    func check(_ answer: @escaping @Sendable (PermitState) -> Void)
}

/// What has been found of a right.
package enum PermitState: Sendable {
    /// It holds, and is to be looked at again then.
    case holds(checkAfter_seconds: UInt32)
    /// Nobody could tell.
    case unknown
    case ended(StreamRefusal)
}

/// Why there is no stream.
package enum StreamRefusal: Sendable {
    case unknownProject
    case unauthenticated
    /// There are too many, or it cannot be found out now: the client is to come back.
    case full

    var endsConnection: Bool { self == .full }
}
