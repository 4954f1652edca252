import Postgres
import Testing

@Suite(.bothWays, .daemon(), .timeLimit(.minutes(2)))
struct FramingTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private static let texts = [
        "\r", "\n", "\r\n", "\n\n", "\r\r", "a\n\nevent: deleted\ndata: {}\n\n", "\n\nid: x\n\n", "data: x",
        "\ndata: x", "\rretry: 1\r\r",
        ": comment", "\u{2028}\u{2029}\u{85}", "\u{b}\u{c}\u{1}\u{1f}\u{7f}", "\\", "\"", "\\n", "\"}\n\n", "\u{feff}",
        "😀é",
        String(repeating: "\n", count: 2_000),
    ]

    @Test(arguments: texts)
    func `no text of a URL breaks an event`(text: String) async throws {
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await stage.save(text, scene: 1, of: project)
        try await stage.save("x\(text)y", scene: 2, of: project)
        let events = [try await viewer.next(), try await viewer.next()]

        #expect(events.names == ["scene", "scene"])
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        try await expectWhole(project, viewer)
    }

    @Test(arguments: texts)
    func `no text of a document breaks an event`(text: String) async throws {
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await stage.write(
            """
            UPDATE content_creation_requests SET generated_output = jsonb_build_object(
                $2::text, $2::text,
                'scenes', jsonb_build_array(jsonb_build_object('prompt', $2::text, 'imageUrls', jsonb_build_array($2::text))))
            WHERE id = $1::uuid
            """, project, text)
        let event = try await viewer.next()

        #expect(event.event == "snapshot")
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        try await expectWhole(project, viewer)
    }

    /// A browser that comes now has the same, and neither has an event or an id from inside a text.
    private func expectWhole(_ project: String, _ viewer: Viewer) async throws {
        var other = try await Viewer.open(project, at: stage.daemon.port)
        let events = try await other.read(through: "ready")
        #expect(events.names == ["snapshot", "ready"])
        #expect(other.mirror.generatedOutput == viewer.mirror.generatedOutput)
        #expect(other.mirror.lastEventID == viewer.mirror.lastEventID)
        #expect(await other.stream.retry_milliseconds.map { $0 >= 1_000 } == true)
        #expect(await viewer.stream.lastEventID == viewer.mirror.lastEventID)
    }
}
