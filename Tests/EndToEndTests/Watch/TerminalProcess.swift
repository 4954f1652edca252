import Glibc

/// A process in a terminal of its own: what is typed there goes to it, what it shows is kept as a screen.
final class TerminalProcess {
    // Linux has them for unlockpt, ptsname and posix_spawn; without _GNU_SOURCE no header does.
    private static let unlock: UInt = 0x4004_5431
    private static let nameOf: UInt = 0x8004_5430
    private static let newSession: Int16 = 0x80

    let pid: pid_t
    private let terminal: Descriptor
    private(set) var screen: TerminalEmulator

    private init(_ pid: pid_t, _ terminal: Descriptor, width: Int, height: Int) {
        self.pid = pid
        self.terminal = terminal
        screen = TerminalEmulator(width: width, height: height)
    }

    deinit {
        kill(pid, SIGKILL)
    }

    static func start(_ arguments: [String], width: Int, height: Int) async throws -> TerminalProcess {
        let number = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (lock, index): (Int32, UInt32) = (0, 0)
        guard number >= 0, ioctl(number, unlock, &lock) == 0, ioctl(number, nameOf, &index) == 0 else {
            throw TransportError.closed("no terminal")
        }
        let terminal = Descriptor(number)
        let path = "/dev/pts/\(index)"
        resize(terminal, width: width, height: height)
        let pid = await Reactor.shared.onThread { spawn(arguments, terminal: path) }
        guard pid > 0 else { throw TransportError.closed("no process") }
        return TerminalProcess(pid, terminal, width: width, height: height)
    }

    func type(_ text: String) async throws {
        try await terminal.write(Array(text.utf8), until: .now + .seconds(5))
    }

    /// The kernel tells the process of it.
    func resize(width: Int, height: Int) {
        Self.resize(terminal, width: width, height: height)
        screen = TerminalEmulator(width: width, height: height, isAlternate: screen.isAlternate)
    }

    /// Reads what is shown until it is as wanted.
    func wait(within limit: Duration = .seconds(20), until holds: (TerminalEmulator) -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !holds(screen) {
            let bytes = try await terminal.read(until: deadline)
            guard !bytes.isEmpty else { throw TransportError.closed(screen.lines.joined(separator: "\n")) }
            screen.read(bytes)
        }
    }

    /// Reads to the end, and returns the exit status, or the negated number of the signal that ended it.
    func waitForExit(within limit: Duration = .seconds(20)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while case let bytes = try await terminal.read(until: deadline), !bytes.isEmpty { screen.read(bytes) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    }

    /// Whether what is typed is shown, and comes line by line.
    var isCooked: Bool {
        var settings = termios()
        guard tcgetattr(terminal.number, &settings) == 0 else { return false }
        return settings.c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON)
    }

    private static func resize(_ terminal: Descriptor, width: Int, height: Int) {
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal.number, UInt(TIOCSWINSZ), &size)
    }

    /// The first terminal that a session's leader opens becomes its own.
    private static func spawn(_ arguments: [String], terminal: String) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, terminal, O_RDWR, 0) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, newSession)
        let mortal = access("/usr/bin/setpriv", X_OK) == 0 ? ["/usr/bin/setpriv", "--pdeathsig=KILL", "--"] : []
        let words = mortal + arguments
        var argv = words.map { strdup($0) } + [nil]
        let variables = ProcessEnvironment.clean.merging(["TERM": "xterm-256color"]) { _, ours in ours }
        var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in argv + envp { free(pointer) }
        }
        var pid: pid_t = 0
        return posix_spawn(&pid, words[0], &actions, &attributes, &argv, &envp) == 0 ? pid : -1
    }
}
