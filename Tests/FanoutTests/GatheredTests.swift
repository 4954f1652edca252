import NIOCore
import ProjectSync
import Testing

@testable import Fanout

/// What leaves in one write: the newest state of each scene.
@Suite struct GatheredTests {
    private func project(_ urls: [String]) throws -> Project {
        let id = try #require(ProjectID("11111111-1111-4111-8111-111111111111"))
        let images = urls.enumerated().map {
            Image(place: Place(scene: Int32($0.offset + 1), image: 0), url: ImageURL($0.element))
        }
        let snapshot = try #require(TransactionSnapshot("10:10:"))
        let document = Array(#"{"scenes": [{"index": 1}, {"index": 2}]}"#.utf8)
        return try document.withUnsafeBytes {
            try Project(id: id, documentText: $0, images: images, generations: [:], snapshot: snapshot)
        }
    }

    private func text(_ frames: [Frame]) -> String {
        frames.flatMap(\.parts).map { String(buffer: $0) }.joined()
    }

    @Test func `a newer state of a scene takes the older one's place, and the last event has the id`() throws {
        let (old, new) = (try project(["a", "b"]), try project(["c", "b"]))

        var gathered = Gathered([SceneEvent(scene: 1, of: old)], old.revision, position: 1)
        gathered.add([SceneEvent(scene: 2, of: old)], old.revision, position: 2)
        gathered.add([SceneEvent(scene: 1, of: new)], new.revision, position: 3)
        let told = text(gathered.frames(of: new.id))

        #expect(gathered.count == 2)
        #expect(gathered.replaced == 1)
        #expect(gathered.position == 3)
        #expect(told.contains(#""imageUrls": ["c"]"#) && told.contains(#""imageUrls": ["b"]"#))
        #expect(!told.contains(#"["a"]"#))
        #expect(told.components(separatedBy: "id: ").count == 2)
        #expect(told.contains("id: \(new.revision)\n"))
    }

    @Test func `a snapshot takes the place of all before it, and what follows comes behind it`() throws {
        let (old, new) = (try project(["a"]), try project(["b", "c"]))

        var gathered = Gathered([SceneEvent(scene: 1, of: old)], old.revision, position: 1)
        gathered.add(ProjectBody(new), position: 2)
        gathered.add([SceneEvent(scene: 2, of: new)], new.revision, position: 3)
        let told = text(gathered.frames(of: new.id))

        #expect(gathered.replaced == 1)
        #expect(told.hasPrefix("event: snapshot\n"))
        #expect(told.components(separatedBy: "event: scene\n").count == 2)
        #expect(!told.contains(#"["a"]"#))
    }

    @Test func `a filtered stream is told of its scenes only`() throws {
        let project = try project(["a", "b"])
        let events = [SceneEvent(scene: 1, of: project), SceneEvent(scene: 2, of: project)]

        let gathered = Gathered(events, project.revision, position: 1)

        #expect(text(gathered.frames(of: project.id, for: StreamRequest(scenes: [2]))).contains(#"["b"]"#))
        #expect(!text(gathered.frames(of: project.id, for: StreamRequest(scenes: [2]))).contains(#"["a"]"#))
        #expect(gathered.frames(of: project.id, for: StreamRequest(scenes: [3])).isEmpty)
    }
}

extension String {
    fileprivate func components(separatedBy text: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let found = rest.firstRange(of: text) {
            parts.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return parts + [rest]
    }
}
