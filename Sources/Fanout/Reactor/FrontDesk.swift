import NIOCore
import ProjectSync

/// Looks at what comes in on a connection, and says what is to be done about it. Each reactor has one of its own, and
/// calls it on its thread: it does not wait.
package protocol FrontDesk: AnyObject {
    /// `bytes` begins with a request, and came from `peer`.
    func decide(_ bytes: UnsafeRawBufferPointer, from peer: ClientAddress) -> FrontDecision
    /// What is sent before a stream's first event.
    func streamHead(_ terms: StreamTerms?) -> ByteBuffer
    /// The whole answer to a request for a stream that is not to be.
    func refusal(_ refusal: StreamRefusal, of projects: [ProjectID], _ terms: StreamTerms?) -> ByteBuffer
    /// The whole answer to a request that takes too long to come; `bytes` have.
    func tooSlow(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer
    /// Serves the connection from now on; `bytes` have been read of it.
    func adopt(_ descriptor: CInt, _ bytes: [UInt8])
}

/// What to do about a request that stands at the beginning of some bytes.
package enum FrontDecision {
    /// Wait for the rest of it.
    case incomplete
    /// The request took so many bytes, and this is its whole answer.
    case answer(Parcel, length: Int)
    case stream(Subscription, Subscriber)
    /// Nothing for us: HTTP's ordinary way serves the connection from now on.
    case adopt
}
