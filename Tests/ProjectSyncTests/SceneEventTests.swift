import NIOCore
import ProjectSync
import Testing

@Suite struct SceneEventTests {
    private static let document = #"{"scenes": [{"index": -2147483648}, {"index": 7}, {"index": 7}]}"#

    private func text(_ scenes: [Int32], of state: Project) -> String {
        let frame = Frame.scenes(
            scenes.map { SceneEvent(scene: $0, of: state) }, of: state.id, revision: state.revision)
        return frame.parts.map { String(buffer: $0) }.joined()
    }

    @Test func `only the last of a batch has an id and a revision`() throws {
        let state = try project(Self.document, [image(.min, 0, "a"), image(7, 2, "c"), image(7, 1, "b\n")])

        let text = text([.min, 7], of: state)

        #expect(
            text == """
                event: scene
                data: {"project_id": "\(state.id)", "revision": null, "scene_index": -2147483648, "positions": [0], \
                "imageUrls": ["a"]}

                event: scene
                id: \(state.revision)
                data: {"project_id": "\(state.id)", "revision": "\(state.revision)", "scene_index": 7, "positions": [1, 2], \
                "imageUrls": ["b\\n", "c"]}


                """)
    }

    @Test func `a scene that is not in the document, or has lost its images, is told as well`() throws {
        let state = try project(Self.document, [image(9, 0, "a")], lost: [8: 1])

        #expect(text([9], of: state).hasSuffix("\"scene_index\": 9, \"positions\": [], \"imageUrls\": [\"a\"]}\n\n"))
        #expect(text([8], of: state).hasSuffix("\"scene_index\": 8, \"positions\": [], \"imageUrls\": []}\n\n"))
    }

    @Test func `a scene of a thousand images in a thousand places is told whole`() throws {
        let scenes = (0..<1_000).map { _ in #"{"index": 1}"# }.joined(separator: ", ")
        let urls = (0..<1_000).map { "https://example.net/\($0)" }
        let images = urls.enumerated().map { image(1, Int32($0), $1) }
        let state = try project("{\"scenes\": [\(scenes)]}", images)

        let positions = (0..<1_000).map { "\($0)" }.joined(separator: ", ")
        let list = urls.map { "\"\($0)\"" }.joined(separator: ", ")
        #expect(text([1], of: state).hasSuffix("\"positions\": [\(positions)], \"imageUrls\": [\(list)]}\n\n"))
    }
}
