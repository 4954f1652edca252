import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(3)))
struct DescriptorTests {
    @Test(.bothWays) func `ten thousand streams come and go, and leave nothing behind`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        _ = try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(project)/events")
        try await eventually("the first is gone") { try await stage.metric("scenesync_subscribers") == 0 }
        let before = try descriptors(of: stage.daemon)

        for _ in 0..<40 {
            var streams: [EventStream] = []
            for _ in 0..<250 {
                streams.append(try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(project)/events"))
            }
            for stream in streams { _ = try await stream.events(through: "ready") }
        }

        try await eventually("all are gone", within: .seconds(20)) {
            try await stage.metric("scenesync_subscribers") == 0
        }
        try await eventually("the descriptors are back") { try descriptors(of: stage.daemon) <= before }
        let read = try await stage.client.get("/v1/projects/\(project)")
        #expect(read.status == 200)
    }

    /// The addresses are accepted at by different means.
    enum Address: CaseIterable {
        case plain, tls, administration
    }

    @Test(arguments: Address.allCases)
    func `without a descriptor to spare it waits, and goes on once there are some`(address: Address) async throws {
        let certificate = try await Certificate.make()
        let stage = try await Stage.start(
            ["--admin-listen", "127.0.0.1:0"] + (address == .tls ? certificate.flags : []))
        let administration = try await AdminListenTests.port(of: stage.daemon)
        let port = address == .administration ? administration : stage.daemon.port
        let few = try descriptors(of: stage.daemon) + 60
        let limited = try await Program.sh("prlimit --pid \(stage.daemon.pid) --nofile=\(few)")
        try #require(limited.status == 0, "\(limited.text)")

        var connections: [HTTPConnection] = []
        for _ in 0..<100 { connections.append(try await HTTPConnection.open(port: port)) }
        try await eventually("none is left for them") { try descriptors(of: stage.daemon) >= few - 32 }
        let begin = try processorTicks(of: stage.daemon)
        try await Task.sleep(for: .seconds(2))
        let ticks = try processorTicks(of: stage.daemon) - begin
        let left = few - (try descriptors(of: stage.daemon))
        connections = []

        #expect(stage.daemon.exitStatus == nil)
        // Two seconds of a loop that does not wait would be 200.
        #expect(ticks < 100)
        #expect(left >= 16, "what the process itself may need")
        try await eventually("it serves") {
            if address == .tls {
                return try await HTTP2Client.open(port: port, trusting: certificate.certificatePath)
                    .open("/healthz").read().contains("alive")
            }
            return try await HTTPClient(port: port).get("/healthz").status == 200
        }
    }

    private func descriptors(of daemon: DaemonProcess) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd").count
    }

    /// Processor time in hundredths of a second, user's and system's.
    private func processorTicks(of daemon: DaemonProcess) throws -> Int {
        let stat = try String(contentsOf: URL(filePath: "/proc/\(daemon.pid)/stat"), encoding: .utf8)
        let fields = try #require(stat.split(separator: ")").last).split(separator: " ")
        return try [11, 12].map { try #require(Int(fields[$0])) }.reduce(0, +)
    }
}
