import Glibc
import Synchronization

/// A daemon that serves on a port of its own.
final class DaemonProcess: Sendable {
    let port: Int
    private let child: ChildProcess
    private let lines: LogLines

    private init(_ child: ChildProcess, _ lines: LogLines, port: Int) {
        self.child = child
        self.lines = lines
        self.port = port
    }

    /// `scenesync serve` unless `arguments` begin with another command; returns once it listens.
    static func start(
        _ arguments: [String] = [], database: String? = nil, environment: [String: String] = [:],
        binary: String = Command.binary, within limit: Duration = .seconds(20)
    ) async throws -> DaemonProcess {
        var words = arguments
        if words.first.map({ $0.hasPrefix("-") }) ?? true { words.insert("serve", at: 0) }
        if !words.contains(where: { $0.hasPrefix("--listen") }) { words += ["--listen", "127.0.0.1:0"] }
        var variables = environment
        variables["SCENESYNC_DATABASE_URL"] = variables["SCENESYNC_DATABASE_URL"] ?? database
        let child = try await ChildProcess.start([binary] + words, environment: variables)
        let lines = LogLines()
        lines.read(child.errors)
        lines.read(child.output)
        let line = try await lines.first(within: limit) { $0.contains("listening") && $0.contains("://") }
        guard let port = line.split(separator: ":").last.flatMap({ Int($0.prefix { $0.isNumber }) }) else {
            throw TransportError.malformed(line)
        }
        return DaemonProcess(child, lines, port: port)
    }

    var pid: pid_t { child.pid }
    var log: [String] { lines.all }
    var exitStatus: Int32? { child.exitStatus }

    /// The first line that contains `text`, past or to come.
    @discardableResult
    func logLine(containing text: String, within limit: Duration = .seconds(10)) async throws -> String {
        try await lines.first(within: limit) { $0.contains(text) }
    }

    func client() -> HTTPClient {
        HTTPClient(port: port)
    }

    func signal(_ number: Int32) {
        child.signal(number)
    }

    func kill() {
        child.kill()
    }

    /// The exit status, or the negated number of the signal that ended it.
    func waitForExit() async -> Int32 {
        await child.waitForExit()
    }

    @discardableResult
    func stop() async -> Int32 {
        signal(SIGTERM)
        return await waitForExit()
    }
}
