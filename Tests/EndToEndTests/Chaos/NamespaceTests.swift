import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// Between the daemon and its database packets are lost, and nobody tells either end.
@Suite(
    .enabled(if: Namespace.isAllowed, "a network namespace needs root, and iproute2"), .database(.sceneSync),
    .timeLimit(.minutes(2)))
struct NamespaceTests {
    /// What the contract allows, and half a second for a busy machine.
    private static let limit = Duration.milliseconds(3_500)

    @Test func `a network that is down is noticed, and nothing is missed once it is up`() async throws {
        let namespace = Namespace()
        try await namespace.begin()
        do { try await loseAndFind(in: namespace) } catch {
            await namespace.end()
            throw error
        }
        await namespace.end()
    }

    private func loseAndFind(in namespace: Namespace) async throws {
        let database = try Database.current
        let proxy = try Proxy(to: database.server.port, isOpen: true)
        let writer = try await database.open(as: .writer)
        let project = try #require(
            try await writer.query(
                "INSERT INTO content_creation_requests (generated_output) VALUES ($1::jsonb) RETURNING id::text",
                [Stage.document(scenes: 3)]
            ).string(0, 0))
        let command = namespace.inside([Command.binary, "serve"])
        let daemon = try await DaemonProcess.start(
            Array(command.dropFirst()),
            database:
                "host=\(namespace.address) port=\(proxy.port) user=\(Role.daemon.rawValue) dbname=\(database.name)",
            binary: command[0])
        try await daemon.logLine(containing: "live: ", within: .seconds(20))
        let url = "http://127.0.0.1:\(daemon.port)/v1/projects/\(project)"
        let stream = try await ChildProcess.start(namespace.inside(["curl", "-sN", "\(url)/events"]))
        let lines = LogLines()
        lines.read(stream.output)
        _ = try await lines.first(within: .seconds(10)) { $0 == "event: ready" }

        try await namespace.set(isUp: false)
        let begin = ContinuousClock.now
        try await writer.query(Stage.insertion, [project, "1", "0", "https://example.com/meanwhile.png"])
        _ = try await lines.first(within: .seconds(9)) { $0 == "event: stale" }
        let noticed = ContinuousClock.now - begin
        try await namespace.set(isUp: true)
        // New connections have been tried meanwhile, and the kernel tries again when it likes.
        _ = try await lines.first(within: .seconds(10)) { $0.contains("meanwhile.png") }
        try await daemon.logLine(containing: "live: ")
        let read = try await Program.sh(
            (namespace.inside(["curl", "-s", url])).joined(separator: " "))

        #expect(noticed < Self.limit)
        #expect(read.text.contains("meanwhile.png"))
        #expect(lines.all.filter { $0.contains("meanwhile.png") }.count == 1)
        #expect(await daemon.stop() == 0)
    }
}
