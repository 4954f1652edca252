import Postgres

/// Where a loop rests until its time is over, or until it is woken.
final class Pause {
    private let loop: PollLoop
    private var promise: Promise<Void>?

    init(on loop: PollLoop) {
        self.loop = loop
    }

    func wait(atMost time: Duration) async throws {
        let promise = Promise<Void>()
        self.promise = promise
        let timer = loop.schedule(after: time) { promise.settle(.success(())) }
        defer { loop.cancel(timer) }
        try await promise.value()
    }

    func end() {
        promise?.settle(.success(()))
    }
}
