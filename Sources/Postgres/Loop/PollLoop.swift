import Glibc

/// A thread that waits on sockets, and the executor of everything it feeds. It lives as long as somebody holds the loop.
package final class PollLoop: SerialExecutor, TaskExecutor, Sendable {
    package struct TimerID: Sendable, Hashable {
        let number: UInt64
    }

    let poller: Poller

    private init(_ poller: Poller) {
        self.poller = poller
    }

    deinit {
        poller.stop()
    }

    package static func start(name: String) throws(PostgresError) -> PollLoop {
        let poller = try Poller()
        let loop = PollLoop(poller)
        poller.serve(loop)
        try DetachedThread.start(name: name) { poller.run() }
        return loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        poller.add(UnownedJob(job))
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func isIsolatingCurrentContext() -> Bool? {
        poller.isCurrent
    }

    package func checkIsolated() {
        precondition(poller.isCurrent, "not on the loop's thread")
    }

    /// Runs `job` on the loop's thread, where `assumeIsolated` of the loop's actors holds.
    @discardableResult
    package func schedule(after delay: Duration, _ job: @escaping @Sendable () -> Void) -> TimerID {
        TimerID(number: poller.schedule(after: delay, job))
    }

    package func cancel(_ timer: TimerID) {
        poller.cancel(timer.number)
    }
}
