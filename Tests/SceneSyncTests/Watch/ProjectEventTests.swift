import ProjectSync
import Testing

@testable import scenesync

struct ProjectEventTests {
    private func read(_ name: String, _ text: String) throws -> ProjectEvent? {
        try ProjectEvent(name: name, data: Array(text.utf8))
    }

    @Test func `a snapshot is read, whatever the document holds besides`() throws {
        let event = try read(
            "snapshot",
            #"""
            {"project": {"id": "p", "generated_output": {"big": \#(String(repeating: "9", count: 401)), "title": "A \"t\"",
             "scenes": [{"prompt": "one", "imageUrls": ["a", {"x": 1.10}]}, 7, {"index": 9.0, "prompt": 3}, {"index": "2"},
             {"index": null, "imageUrls": "x"}]}}, "revision": "r1"}
            """#)

        #expect(
            event
                == .snapshot(
                    ProjectEvent.Snapshot(
                        title: "A \"t\"",
                        scenes: [
                            .init(number: 1, prompt: "one", urls: ["a", "{\"x\": 1.10}"], positions: [0]),
                            .init(number: 9, positions: [2]), .init(number: nil, positions: [3]),
                            .init(number: 5, positions: [4]),
                        ]), revision: "r1"))
    }

    @Test(arguments: ["null", "7", "[]", #"{"scenes": 1}"#, #"{"title": {}, "scenes": {}}"#])
    func `a document without scenes is one without scenes`(document: String) throws {
        let event = try read("snapshot", #"{"project": {"generated_output": \#(document)}, "revision": "r"}"#)

        #expect(event == .snapshot(.init(), revision: "r"))
    }

    @Test func `the other events are read`() throws {
        let scene = ProjectEvent.Scene(number: -3, urls: ["é"], positions: [0, 2])

        #expect(
            try read(
                "scene", #"{"project_id":"p","revision":"r","scene_index":-3,"positions":[0,2],"imageUrls":["\u00e9"]}"#
            )
                == .scene(scene, revision: "r"))
        #expect(
            try read("scene", #"{"revision": null, "scene_index": 1, "positions": [], "imageUrls": []}"#)
                == .scene(.init(number: 1), revision: nil))
        #expect(try read("ready", #"{"project_id": "p", "revision": "r"}"#) == .ready(revision: "r"))
        #expect(try read("stale", #"{"since": "2026-01-01T00:00:00Z"}"#) == .stale(since: "2026-01-01T00:00:00Z"))
        #expect(try read("deleted", #"{"project_id": "p"}"#) == .deleted)
        #expect(try read("expired", "{}") == .expired)
        #expect(try read("of a later release", "whatever") == nil)
        #expect(throws: JSONError.self) { try read("scene", "{") }
    }
}
