import CLinux
import Glibc
import Synchronization

/// The loop's inside, which its thread runs: epoll, an eventfd to wake it, jobs in order of arrival, timers.
final class Poller: Sendable {
    typealias Handler = @Sendable () -> Void

    private struct State {
        weak var loop: PollLoop?
        var jobs: [UnownedJob] = []
        var watches: [UInt64: (descriptor: Int32, handler: Handler)] = [:]
        var timers = Timers()
        var lastID: UInt64 = 0
        var isAsleep = false
        var isStopped = false
    }

    private static let mostRounds = 16

    private let state = Mutex(State())
    private let thread = Atomic<pthread_t>(0)
    private let epoll: Int32
    private let wakeup: Int32
    private let wakeupID: UInt64 = 0

    init() throws(PostgresError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard epoll >= 0, wakeup >= 0, control(EPOLL_CTL_ADD, wakeup, EPOLLIN.rawValue, wakeupID) == 0 else {
            throw .unreachable("no epoll: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        Glibc.close(epoll)
        Glibc.close(wakeup)
    }

    var isCurrent: Bool {
        thread.load(ordering: .relaxed) == pthread_self()
    }

    func serve(_ loop: PollLoop) {
        state.withLock { $0.loop = loop }
    }

    func stop() {
        change { $0.isStopped = true }
    }

    func add(_ job: UnownedJob) {
        change { $0.jobs.append(job) }
    }

    func schedule(after delay: Duration, _ job: @escaping @Sendable () -> Void) -> UInt64 {
        let due = ContinuousClock.now + delay
        return change {
            $0.lastID += 1
            $0.timers.add($0.lastID, due: due, job)
            return $0.lastID
        }
    }

    func cancel(_ timer: UInt64) {
        state.withLock { $0.timers.cancel(timer) }
    }

    func watch(_ descriptor: Int32, _ handler: @escaping Handler) throws(PostgresError) -> UInt64 {
        let id = state.withLock {
            $0.lastID += 1
            $0.watches[$0.lastID] = (descriptor, handler)
            return $0.lastID
        }
        guard control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue, id) == 0 else {
            let reason = String(cString: strerror(errno))
            state.withLock { $0.watches[id] = nil }
            throw .unreachable("no place in epoll: \(reason)")
        }
        return id
    }

    /// Also wait for room to write, or no longer.
    func wantRoom(_ wanted: Bool, _ id: UInt64) {
        state.withLock {
            guard let watch = $0.watches[id] else { return }
            let events = wanted ? EPOLLIN.rawValue | EPOLLOUT.rawValue : EPOLLIN.rawValue
            _ = control(EPOLL_CTL_MOD, watch.descriptor, events, id)
        }
    }

    /// Before the descriptor is closed, and at most once a watch.
    func unwatch(_ id: UInt64) {
        state.withLock {
            guard let watch = $0.watches.removeValue(forKey: id) else { return }
            _ = control(EPOLL_CTL_DEL, watch.descriptor, 0, id)
        }
    }

    /// Ends when the last holder of the loop has gone.
    func run() {
        thread.store(pthread_self(), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: 128)
        while let timeout = prepareToWait() {
            let ready = epoll_wait(epoll, &events, Int32(events.count), timeout)
            state.withLock { $0.isAsleep = false }
            for event in events.prefix(Int(max(ready, 0))) {
                if event.data.u64 == wakeupID {
                    var count: UInt64 = 0
                    _ = read(wakeup, &count, 8)
                }
                state.withLock { $0.watches[event.data.u64]?.handler }?()
            }
            runDue()
        }
    }

    /// How many milliseconds to wait for sockets, -1 is for ever; nil is the end.
    private func prepareToWait() -> Int32? {
        state.withLock {
            if !$0.jobs.isEmpty { return 0 }
            if $0.isStopped { return nil }
            $0.isAsleep = true
            guard let next = $0.timers.next() else { return -1 }
            let left = (next - ContinuousClock.now).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            return Int32(clamping: max(0, milliseconds + 1))
        }
    }

    /// What a job leads to is run, too, before the sockets are looked at again; but not for ever.
    private func runDue() {
        for _ in 0..<Self.mostRounds {
            let (loop, timers, jobs) = state.withLock {
                let due = ($0.loop, $0.timers.removeDue(at: .now), $0.jobs)
                $0.jobs = []
                return due
            }
            if timers.isEmpty && jobs.isEmpty { return }
            for timer in timers {
                timer()
            }
            guard let loop else { return }
            for job in jobs {
                job.runSynchronously(
                    isolatedTo: loop.asUnownedSerialExecutor(), taskExecutor: loop.asUnownedTaskExecutor())
            }
        }
    }

    /// Only a sleeping thread costs a write, and only the first change that finds it asleep.
    private func change<R: Sendable>(_ body: (inout sending State) -> R) -> R {
        let (result, wasAsleep) = state.withLock {
            let result = (body(&$0), $0.isAsleep)
            $0.isAsleep = false
            return result
        }
        if wasAsleep {
            var one: UInt64 = 1
            _ = write(wakeup, &one, 8)
        }
        return result
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ id: UInt64) -> Int32 {
        var event = epoll_event(events: events, data: epoll_data_t(u64: id))
        return epoll_ctl(epoll, operation, descriptor, &event)
    }
}
