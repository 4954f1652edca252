import Postgres
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PollLoopTests {
    /// An actor that lives on a loop.
    private actor Counter {
        nonisolated let loop: PollLoop
        var numbers: [Int] = []

        init(_ loop: PollLoop) {
            self.loop = loop
        }

        nonisolated var unownedExecutor: UnownedSerialExecutor {
            loop.asUnownedSerialExecutor()
        }

        func append(_ number: Int) {
            loop.preconditionIsolated()
            numbers.append(number)
        }
    }

    @Test func `timers run when they are due, in that order, unless cancelled`() async throws {
        let loop = try PollLoop.start(name: "timers")
        let (stream, continuation) = AsyncStream<Int>.makeStream()

        loop.schedule(after: .milliseconds(60)) { continuation.yield(3) }
        loop.schedule(after: .milliseconds(20)) { continuation.yield(1) }
        let cancelled = loop.schedule(after: .milliseconds(30)) { continuation.yield(2) }
        loop.schedule(after: .milliseconds(90)) { continuation.finish() }
        loop.cancel(cancelled)

        var heard: [Int] = []
        for await number in stream { heard.append(number) }
        #expect(heard == [1, 3])
    }

    @Test func `a timer is never early`() async throws {
        let loop = try PollLoop.start(name: "timers")
        let begin = ContinuousClock.now

        await withCheckedContinuation { continuation in
            loop.schedule(after: .microseconds(10_500)) { continuation.resume() }
        }

        #expect(ContinuousClock.now - begin >= .microseconds(10_500))
    }

    @Test func `an actor of the loop is isolated in its timers`() async throws {
        let loop = try PollLoop.start(name: "isolated")
        let counter = Counter(loop)

        let numbers = await withCheckedContinuation { continuation in
            loop.schedule(after: .zero) {
                counter.assumeIsolated { $0.append(1) }
                continuation.resume(returning: counter.assumeIsolated { $0.numbers })
            }
        }

        #expect(numbers == [1])
    }

    @Test func `calls from many tasks all arrive`() async throws {
        let counter = Counter(try PollLoop.start(name: "calls"))

        await withDiscardingTaskGroup { group in
            for number in 0..<1000 {
                group.addTask { await counter.append(number) }
            }
        }

        #expect(await counter.numbers.sorted() == Array(0..<1000))
    }

    @Test func `the loop runs tasks that prefer it`() async throws {
        let loop = try PollLoop.start(name: "prefers")

        let isOnLoop = await Task(executorPreference: loop) { loop.isIsolatingCurrentContext() }.value

        #expect(isOnLoop == true)
    }

    @Test func `the thread ends with the last holder`() async throws {
        let gone = AsyncStream<Void>.makeStream()
        do {
            let loop = try PollLoop.start(name: "short-lived")
            // The poller, and the timers it holds, go when its thread has ended.
            let token = Token { gone.continuation.finish() }
            loop.schedule(after: .seconds(3600)) { _ = token }
        }

        for await _ in gone.stream {}
    }

    private final class Token: Sendable {
        private let end: @Sendable () -> Void

        init(end: @escaping @Sendable () -> Void) {
            self.end = end
        }

        deinit {
            end()
        }
    }
}
