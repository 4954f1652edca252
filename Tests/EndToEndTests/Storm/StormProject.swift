/// A project of the storm: one that a single writer has for himself, or one for all.
struct StormProject: Sendable, Hashable {
    let id: String
    /// The writer, if nobody else writes to it; then every state that it may be seen in is known.
    let writer: Int?
    /// Another id that the project goes by from time to time.
    let otherID: String?
}
