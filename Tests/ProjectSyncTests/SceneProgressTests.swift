import NIOCore
import Testing

@testable import ProjectSync

struct SceneProgressTests {
    private static func progress(_ document: String, _ images: [Image] = [], lost: [Int32: Int64] = [:]) throws
        -> SceneProgress
    {
        try project(document, images, lost: lost, snapshot: .init(xmin: 100, xmax: 100)).progress
    }

    @Test func `a scene is complete with pictures in places 0 to n`() throws {
        let document = #"{"scenes": [{"index": 1}, {"index": 2}, {"index": 3}, {"index": 4}]}"#

        let progress = try Self.progress(
            document, [image(1, 0, "a"), image(2, 0, "a"), image(2, 1, "b"), image(3, 0, "a"), image(3, 2, "c")])

        #expect((progress.scenes, progress.complete, progress.withHoles) == (4, 2, 1))
    }

    @Test func `a first place that is empty is a hole`() throws {
        let progress = try Self.progress(#"{"scenes": [{"index": 1}]}"#, [image(1, 1, "a")])

        #expect((progress.complete, progress.withHoles) == (0, 1))
    }

    @Test func `stored pictures complete a scene until a row has left it`() throws {
        let document = #"{"scenes": [{"imageUrls": ["a"]}, {"imageUrls": []}, {"imageUrls": ["b"]}, "odd"]}"#

        let progress = try Self.progress(document, lost: [3: 5])

        #expect((progress.scenes, progress.complete, progress.withHoles) == (3, 1, 0))
    }

    @Test func `the cache tells it of each project, and of all, as it is now`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])
        let id = try projectID()

        let before = fixture.cache.progress(of: [id])
        fixture.apply(try setImages([image(2, 1, "b")]))
        let after = fixture.cache.progress(of: [id])

        #expect(before.byProject[id]?.complete == 1)
        #expect(after.byProject[id]?.withHoles == 1)
        #expect(after.overall == after.byProject[id])
    }
}
