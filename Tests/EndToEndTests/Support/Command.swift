/// A run of the `scenesync` binary from its start to its end.
struct Command: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// SCENESYNC_BINARY, else what `swift build` has made of this repository.
    static var binary: String {
        let repository = "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")
        return ProcessEnvironment["SCENESYNC_BINARY"] ?? "/\(repository)/.build/debug/scenesync"
    }

    /// What has not ended in time is killed, and shows as status -9.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> Command {
        let child = try await ChildProcess.start([binary] + arguments, environment: environment)
        async let output = text(of: child.output, limit)
        async let errors = text(of: child.errors, limit)
        let texts = (await output, await errors)
        if texts.0 == nil || texts.1 == nil { child.kill() }
        return Command(status: await child.waitForExit(), output: texts.0 ?? "", errors: texts.1 ?? "")
    }

    private static func text(of descriptor: Descriptor, _ limit: Duration) async -> String? {
        let deadline = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        do {
            while case let more = try await descriptor.read(until: deadline), !more.isEmpty { bytes += more }
        } catch {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
