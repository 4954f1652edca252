import Synchronization

/// Wakes whoever sends loads.
final class LoadSignal: Sendable {
    private let takers = Mutex<[AsyncStream<Void>.Continuation]>([])

    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        takers.withLock { $0.append(continuation) }
        continuation.yield()
        return stream
    }

    func yield() {
        takers.withLock { takers in
            for taker in takers { taker.yield() }
        }
    }
}
