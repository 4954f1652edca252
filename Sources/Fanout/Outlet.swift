/// The way to one subscriber's socket. Used on its event loop alone.
protocol Outlet: AnyObject {
    /// Whether the socket takes more; if not, the subscriber is caught up once it does.
    var isWritable: Bool { get }
    /// Writes and flushes.
    func write(_ chunks: [Chunk])
    /// No more will be written.
    func end()
}
