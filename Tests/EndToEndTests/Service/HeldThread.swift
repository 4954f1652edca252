import Glibc
import Testing

/// A thread of another process that does not run, while the process's others do; until it is released.
struct HeldThread {
    private let child: ChildProcess

    static func hold(_ name: String, of process: pid_t) async throws -> HeldThread {
        let script = "\(Program.repository)/Tests/EndToEndTests/Service/hold-thread.py"
        let child = try await ChildProcess.start([script, String(process), name])
        let answer = try await child.output.read(until: .now + .seconds(10))
        guard answer == Array("held\n".utf8) else {
            child.kill()
            let why = try? await child.errors.read(until: .now + .seconds(1))
            throw TransportError.closed("not held: \(String(decoding: why ?? [], as: UTF8.self))")
        }
        return HeldThread(child: child)
    }

    /// SIGTERM would not do: what this process's threads block, its children do.
    func release() async throws {
        child.kill()
        _ = await child.waitForExit()
    }
}
