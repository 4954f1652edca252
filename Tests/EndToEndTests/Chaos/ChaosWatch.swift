import Synchronization

/// Asks the daemon again and again whether it is ready, and keeps when that changed.
final class ChaosWatch: Sendable {
    private struct State {
        var strike = ContinuousClock.now
        var firstUnready: ContinuousClock.Instant?
        var firstReady: ContinuousClock.Instant?
        var healing: ContinuousClock.Instant?
    }

    private static let pause = Duration.milliseconds(20)

    private let client: HTTPClient
    private let state = Mutex(State())

    init(_ daemon: DaemonProcess) {
        client = daemon.client()
    }

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let begin = ContinuousClock.now
            // A daemon that does not answer is not ready either.
            let isReady = (try? await client.get("/readyz", within: .seconds(1)))?.status == 200
            state.withLock { state in
                if !isReady, begin >= state.strike, state.firstUnready == nil { state.firstUnready = .now }
                // Of before the healing nothing is said.
                if isReady, let healing = state.healing, begin >= healing, state.firstReady == nil {
                    state.firstReady = .now
                }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Now it happens.
    func noteStrike() {
        state.withLock { $0 = State() }
    }

    /// Now nothing is in the way any more.
    func noteHealing() {
        state.withLock { ($0.healing, $0.firstReady) = (.now, nil) }
    }

    /// How long the daemon took to say that it is not ready; nil if it never had to.
    var noticed: Duration? {
        state.withLock { state in state.firstUnready.map { $0 - state.strike } }
    }

    /// How long after the healing it was ready.
    var recovered: Duration? {
        state.withLock { state in
            guard let ready = state.firstReady, let healing = state.healing else { return nil }
            return ready - healing
        }
    }
}
