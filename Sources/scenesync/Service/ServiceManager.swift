import Glibc
import Logging
import Synchronization

/// Tells systemd how the daemon does, where that has started it.
///
/// Everything it is told but a signal's consequences is told by the turns of the feed: without them there is neither
/// READY nor food for the watchdog, however well the rest of the process does.
final class ServiceManager: Sendable {
    private let socket: NotifySocket
    private let state: Mutex<ServiceState>

    private init(_ socket: NotifySocket, _ state: ServiceState) {
        self.socket = socket
        self.state = Mutex(state)
    }

    /// Nil where nobody wants to be told. What cannot be used is said, and no reason not to serve.
    static func ofEnvironment(_ logger: Logger) -> ServiceManager? {
        guard let name = variable("NOTIFY_SOCKET") else { return nil }
        do {
            return ServiceManager(try NotifySocket(name), ServiceState(watchdog: watchdog, now: .now))
        } catch {
            logger.warning("systemd is not told how the daemon does: \(error)")
            return nil
        }
    }

    /// `lack` is what the daemon lacks to be ready, nil if nothing.
    func turn(_ lack: () -> String?) {
        state.withLock { state in
            var next = state
            guard let message = next.turn(now: .now, lack: lack) else { return }
            // What is not taken is said again at the next turn.
            if socket.send(message) { state = next }
        }
    }

    func reload(_ work: () -> Void) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now_microseconds = UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
        state.withLock { _ = socket.send($0.reload(at: now_microseconds)) }
        work()
        state.withLock { _ = socket.send($0.reloaded()) }
    }

    func stop() {
        state.withLock { _ = socket.send($0.stop()) }
    }

    /// WATCHDOG_PID names the process that is meant: a child has inherited the rest.
    private static var watchdog: Duration? {
        guard let span = variable("WATCHDOG_USEC").flatMap({ Int64($0) }), span > 0 else { return nil }
        guard variable("WATCHDOG_PID").map({ $0 == String(getpid()) }) ?? true else { return nil }
        return .microseconds(span)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
