/// A run of any program, its outputs taken together in the order of reading: for scripts that tests start.
struct Program: Sendable {
    let status: Int32
    let text: String

    /// The folder that holds Package.swift.
    static var repository: String {
        "/" + "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    }

    /// A line for the shell, in the repository's folder. What has not ended in time is killed, and shows as status -9.
    static func sh(
        _ script: String, environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> Program {
        let child = try await ChildProcess.start(
            ["/bin/sh", "-c", "exec 2>&1; cd '\(repository)' && \(script)"], environment: environment)
        let deadline = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        do {
            while case let more = try await child.output.read(until: deadline), !more.isEmpty { bytes += more }
        } catch {
            child.kill()
        }
        return Program(status: await child.waitForExit(), text: String(decoding: bytes, as: UTF8.self))
    }
}
