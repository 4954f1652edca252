import Postgres
import PostgresTestSupport
import Testing

/// A client that vanishes ends no connection: no packet says so. One that only does not read acknowledges all the same.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(4)))
struct VanishedClientTests {
    private static let scenes = 50

    @Test func `who vanishes while something is on its way is let go within a minute, who does not read is kept`()
        async throws
    {
        // No rule but this one ends what waits for its answer to be taken.
        let stage = try await Stage.start(["--heartbeat", "1", "--idle-timeout", "3600", "--h2c"])
        let project = try await stage.insertProject(Stage.document(scenes: Self.scenes))
        let quiet = try await stage.insertProject()
        for scene in 1...Self.scenes { try await stage.save("first", scene: scene, of: project) }
        var patient: [Viewer] = []
        var vanishing: [EventStream] = []
        for way in Way.allCases {
            try await Way.$current.withValue(way) {
                for isPatient in [true, false] {
                    var viewer = try await Viewer.open(project, at: stage.daemon.port, receiveBuffer: 4_096)
                    try await viewer.read(through: "ready")
                    if isPatient { patient.append(viewer) } else { vanishing.append(viewer.stream) }
                }
                vanishing.append(try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(quiet)/events"))
            }
        }
        let http2 = try await HTTP2Client.open(port: stage.daemon.port)
        for _ in 0..<2 {
            let stream = try await http2.open("/v1/projects/\(quiet)/events")
            await stream.read(through: "event: ready")
        }
        // Nothing is left of the windows of who follows this project.
        try await update(project, stage)
        var answers: [HTTPConnection] = []
        for way in Way.allCases {
            let connection = try await HTTPConnection.open(port: stage.daemon.port, receiveBuffer: 4_096)
            let request = HTTPClient.bytes("GET", "/v1/projects/\(project)", way.headers, nil)
            try await connection.send([request, request, request, request].flatMap { $0 })
            // They have been acknowledged, then: who has vanished does not say them again.
            _ = try await connection.read(until: .now + .seconds(10))
            answers.append(connection)
        }

        for stream in vanishing { await stream.vanish() }
        for connection in answers { await connection.vanish() }
        try await http2.vanish()

        let gone = vanishing.count + answers.count + 1
        try await eventually("all who vanished are let go", within: .seconds(75)) {
            try await stage.metric("scenesync_connections_vanished_total") >= gone
        }
        try await eventually("their streams have ended") {
            try await stage.metric("scenesync_subscribers") == patient.count
        }
        #expect(try await stage.metric("scenesync_connections_vanished_total") == gone)
        let expected = try await stage.expected(project)
        for index in patient.indices { try await patient[index].read(to: expected, within: .seconds(30)) }
    }

    /// More than the kernels' buffers take.
    private func update(_ project: String, _ stage: Stage) async throws {
        try await stage.writer.query(
            """
            DO $$
            BEGIN
                FOR number IN 1..1000 LOOP
                    UPDATE public.generated_images SET image_url = number || repeat('x', 3000)
                    WHERE content_creation_request_id = '\(project)' AND scene_index = number % \(Self.scenes) + 1;
                    COMMIT;
                END LOOP;
            END
            $$
            """)
    }
}
