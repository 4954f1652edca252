import Dispatch
import Glibc
import Synchronization

/// A process of ours that does not outlive the test process, with its stdout and stderr as descriptors.
final class ChildProcess: Sendable {
    let pid: pid_t
    let output: Descriptor
    let errors: Descriptor
    private let exit = Mutex<(status: Int32?, waiters: [CheckedContinuation<Int32, Never>])>((nil, []))

    private init(_ pid: pid_t, output: Descriptor, errors: Descriptor) {
        self.pid = pid
        self.output = output
        self.errors = errors
    }

    deinit {
        kill()
    }

    /// `environment` is added to the test process's own, in which no setting of the daemon is left.
    static func start(_ arguments: [String], environment: [String: String] = [:]) async throws -> ChildProcess {
        let mortal = access("/usr/bin/setpriv", X_OK) == 0 ? ["/usr/bin/setpriv", "--pdeathsig=KILL", "--"] : []
        let variables = ProcessEnvironment.clean.merging(environment) { _, given in given }
        let spawned = await Reactor.shared.onThread { spawn(mortal + arguments, variables) }
        let (pid, output, errors) = try spawned.get()
        let child = ChildProcess(pid, output: output, errors: errors)
        let reaper = DispatchQueue(label: "reaper-\(pid)")
        reaper.async { [weak child] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let ended = status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
            child?.finish(ended)
        }
        return child
    }

    /// The exit status, or the negated number of the signal that killed it; nil while it runs.
    var exitStatus: Int32? {
        exit.withLock { $0.status }
    }

    func signal(_ number: Int32) {
        exit.withLock { if $0.status == nil { _ = Glibc.kill(pid, number) } }
    }

    func kill() {
        signal(SIGKILL)
    }

    func waitForExit() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status: Int32? = exit.withLock {
                if $0.status == nil { $0.waiters.append(continuation) }
                return $0.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    private func finish(_ status: Int32) {
        let waiters = exit.withLock { exit in
            exit.status = status
            defer { exit.waiters = [] }
            return exit.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String: String]
    ) -> Result<(pid_t, Descriptor, Descriptor), TransportError> {
        var outputs: [Int32] = [-1, -1]
        var errors: [Int32] = [-1, -1]
        guard pipe(&outputs) == 0, pipe(&errors) == 0 else { return .failure(.closed("no pipe")) }
        // Another child of this process that inherited them would keep the end of the output from us.
        for descriptor in outputs + errors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, outputs[1], 1)
        posix_spawn_file_actions_adddup2(&actions, errors[1], 2)
        // A process group of its own, which Ctrl-C does not reach.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in argv + envp { free(pointer) }
        }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        close(outputs[1])
        close(errors[1])
        let ends = (Descriptor(outputs[0]), Descriptor(errors[0]))
        guard status == 0 else { return .failure(.closed("\(arguments[0]): \(String(cString: strerror(status)))")) }
        return .success((pid, ends.0, ends.1))
    }
}
