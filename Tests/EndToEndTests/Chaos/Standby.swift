import PostgresTestSupport
import Synchronization

/// The server that is about to take over, between the two halves of a failover.
final class Standby: Sendable {
    private let server = Mutex<Server?>(nil)

    func keep(_ server: Server) {
        self.server.withLock { $0 = server }
    }

    func take() -> Server? {
        server.withLock { server in
            defer { server = nil }
            return server
        }
    }
}
