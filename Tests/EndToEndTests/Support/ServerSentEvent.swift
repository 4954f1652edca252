/// An event as a browser dispatches it.
struct ServerSentEvent: Sendable, Equatable {
    /// `message` where the stream names none.
    let event: String
    /// The `id` of this very event; nil if it has no such line.
    let id: String?
    /// What a browser would send as `Last-Event-ID` from here on.
    let lastEventID: String
    let data: String
    /// How long a browser waits before it connects again, as last told, in milliseconds.
    let retry_milliseconds: Int?
}
