import Postgres

/// A sign that a daemon sends itself with each reading. When it comes back on the listener, so has everything that was
/// notified before: health is a message that must come back.
struct Fence {
    let daemon: UInt64
    private(set) var number: UInt64 = 0
    private var arrival = Promise<Void>()

    init(daemon: UInt64) {
        self.daemon = daemon
    }

    /// Begins a new one; what it returns is settled when it has come back.
    mutating func send() -> Promise<Void> {
        number += 1
        arrival = Promise()
        return arrival
    }

    /// Others' signs, and old ones, tell nothing of our listener.
    func hear(_ sign: DaemonSign) {
        if sign.daemon == daemon, sign.fence == number { arrival.settle(.success(())) }
    }
}
