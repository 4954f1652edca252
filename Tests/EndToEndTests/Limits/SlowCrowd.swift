import Dispatch
import Glibc
import Synchronization

/// Clients who each begin a request and end none. They have a thread of their own, so that who measures a server beside
/// them waits for the server alone.
final class SlowCrowd: Sendable {
    /// Each client is looked after once a second: it says a byte more, or comes again if it has been let go.
    private static let visits_us: UInt32 = 1_000_000

    private let thread = DispatchQueue(label: "slow crowd")
    private let isLeaving = Atomic(false)

    init(_ count: Int, saying beginnings: [String], to port: Int) {
        thread.async {
            var clients = [BlockingSocket?](repeating: nil, count: count)
            while !self.isLeaving.load(ordering: .relaxed) {
                for number in clients.indices where !self.isLeaving.load(ordering: .relaxed) {
                    if clients[number]?.hasEnded ?? true {
                        clients[number] = BlockingSocket(port: port)
                        clients[number]?.send(beginnings[number % beginnings.count])
                    } else {
                        clients[number]?.send("b")
                    }
                    usleep(Self.visits_us / UInt32(count))
                }
            }
        }
    }

    /// Returns when the last of them has hung up.
    func leave() {
        isLeaving.store(true, ordering: .relaxed)
        thread.sync {}
    }
}
