import Dispatch
import Glibc
import Synchronization

/// Waits for descriptors, and starts processes: on one thread, which never ends, so that a child that is to die with
/// its parent's thread dies with the test process.
final class Reactor: Sendable {
    enum Readiness: Sendable {
        case toRead, toWrite
    }

    private struct Wait {
        let descriptor: Int32
        let readiness: Readiness
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var waits: [UInt64: Wait] = [:]
        var jobs: [@Sendable () -> Void] = []
        var lastID: UInt64 = 0
    }

    static let shared = Reactor()

    private let state = Mutex(State())
    private let wakeup: (read: Descriptor, write: Descriptor)

    private init() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe")
        wakeup = (Descriptor(ends[0]), Descriptor(ends[1]))
        let thread = DispatchQueue(label: "reactor")
        thread.async { self.run() }
    }

    /// Runs `job` on the thread that lives as long as the process.
    func onThread<R: Sendable>(_ job: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            state.withLock { $0.jobs.append { continuation.resume(returning: job()) } }
            wake()
        }
    }

    /// False when the deadline came first, or the task was cancelled.
    func wait(_ descriptor: Int32, _ readiness: Readiness, until deadline: ContinuousClock.Instant) async -> Bool {
        let id = state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock {
                    $0.waits[id] = Wait(
                        descriptor: descriptor, readiness: readiness, deadline: deadline, continuation: continuation)
                }
                // The handler below has run already if the task was cancelled before.
                if Task.isCancelled { finish(id, false) }
                wake()
            }
        } onCancel: {
            finish(id, false)
        }
    }

    private func run() {
        while true {
            let waits = state.withLock { $0.waits.map { (id: $0.key, wait: $0.value) } }
            var polled = [pollfd(fd: wakeup.read.number, events: Int16(POLLIN), revents: 0)]
            for (_, wait) in waits {
                let events = wait.readiness == .toRead ? POLLIN : POLLOUT
                polled.append(pollfd(fd: wait.descriptor, events: Int16(events), revents: 0))
            }
            let next = waits.map(\.wait.deadline).min().map { max(0, ($0 - .now).milliseconds + 1) }
            poll(&polled, nfds_t(polled.count), next.map { Int32(clamping: $0) } ?? -1)
            if polled[0].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 4_096)
                _ = read(wakeup.read.number, &bytes, bytes.count)
            }
            let now = ContinuousClock.now
            for (polled, entry) in zip(polled.dropFirst(), waits) {
                if polled.revents != 0 {
                    finish(entry.id, true)
                } else if entry.wait.deadline <= now {
                    finish(entry.id, false)
                }
            }
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                return state.jobs
            }
            for job in jobs { job() }
        }
    }

    private func finish(_ id: UInt64, _ isReady: Bool) {
        let wait = state.withLock { $0.waits.removeValue(forKey: id) }
        wait?.continuation.resume(returning: isReady)
    }

    private func wake() {
        var one: UInt8 = 1
        _ = write(wakeup.write.number, &one, 1)
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
