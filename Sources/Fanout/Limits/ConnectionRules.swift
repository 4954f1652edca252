/// What a connection may take: of time, and of room.
package struct ConnectionRules: Sendable {
    /// How long it may say nothing between two requests, or take nothing of an answer.
    package var idle_seconds: Int
    /// How long a request's head may take from its first byte to its last.
    package var head_seconds: Int
    package var head_bytes: Int
    /// Of the request's target.
    package var url_bytes: Int
    package var body_bytes: Int
    /// Whether connections begin with a TLS handshake.
    package var isSecure: Bool

    package init(
        idle_seconds: Int = 75, head_seconds: Int = 10, head_bytes: Int = 16 << 10, url_bytes: Int = 8 << 10,
        body_bytes: Int = 16 << 20, isSecure: Bool = false
    ) {
        self.idle_seconds = idle_seconds
        self.head_seconds = head_seconds
        self.head_bytes = head_bytes
        self.url_bytes = url_bytes
        self.body_bytes = body_bytes
        self.isSecure = isSecure
    }
}
