import Dispatch
import Glibc
import Synchronization

/// `postgres-for-tests.sh`, which runs a server for as long as we hold its stdin.
final class ServerProcess: Sendable {
    private let pid: pid_t
    private let commands: Int32
    private let answers: Int32
    // Lines come one for each command, so one reader at a time.
    private let queue = DispatchQueue(label: "postgres-for-tests")

    init(script: String, arguments: [String]) throws {
        var stdin: [Int32] = [-1, -1]
        var stdout: [Int32] = [-1, -1]
        guard pipe(&stdin) == 0, pipe(&stdout) == 0 else { throw ServerProcessError.noProcess(errno) }
        // Another child of this process that inherited our end would keep the server alive.
        for descriptor in stdin + stdout {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin[0], 0)
        posix_spawn_file_actions_adddup2(&actions, stdout[1], 1)
        // A process group of its own, which Ctrl-C does not reach.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        var argv = ([script] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, script, &actions, &attributes, &argv, environ)
        close(stdin[0])
        close(stdout[1])
        guard status == 0 else { throw ServerProcessError.noProcess(status) }
        self.pid = pid
        commands = stdin[1]
        answers = stdout[0]
    }

    deinit {
        close(commands)
        close(answers)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    func send(_ command: String) async throws -> String {
        let line = Array("\(command)\n".utf8)
        guard write(commands, line, line.count) == line.count else { throw ServerProcessError.ended }
        return try await answer()
    }

    func answer() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [answers] in
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while read(answers, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
                    line.append(byte)
                }
                let text = String(decoding: line, as: UTF8.self)
                continuation.resume(with: text.isEmpty ? .failure(ServerProcessError.ended) : .success(text))
            }
        }
    }
}

/// Why there is no server to test with; the script's stderr says more.
package enum ServerProcessError: Error {
    case noProcess(Int32)
    case ended
}
