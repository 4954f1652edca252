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

    @Test(arguments: texts + ["\u{0}", "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"])
    func `nothing that a request says is in its stream`(text: String) async throws {
        let project = try await stage.insertProject()
        let encoded = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().prefix(3_000)

        let plain = try await opening(project, "")

        for query in ["?last_event_id=\(encoded)", "?x=\(encoded)", "?\(encoded)=\(encoded)&scene_index=1"] {
            #expect(try await opening(project, query) == plain)
        }
    }

    /// What a stream begins with, to the byte, and the names of its head's fields.
    private func opening(_ project: String, _ query: String) async throws -> [String] {
        let stream = try await EventStream.open(
            port: stage.daemon.port, "/v1/projects/\(project)/events\(query)", isRecorded: true)
        #expect(try await stream.events(through: "ready").names == ["snapshot", "ready"])
        return [await String(decoding: stream.raw, as: UTF8.self)] + stream.head.fields.map(\.name)
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
