import ProjectSync
import Testing

@Suite struct ProjectTests {
    static let document = #"{"scenes": [{"index": 1, "imageUrls": ["old"]}]}"#

    @Test func `the highest number wins a place, whatever arrives last`() throws {
        var state = try project(Self.document)

        let first = state.apply(set: [image(1, 0, "newer")], gone: [], lost: [:], n: 8, xid: 200)
        let late = state.apply(set: [image(1, 0, "older")], gone: [], lost: [:], n: 7, xid: 200)

        #expect(first == [1])
        #expect(late == [])
        #expect(merged(state) == #"{"scenes": [{"index": 1, "imageUrls": ["newer"]}]}"#)
    }

    @Test func `a deletion is remembered against an older insertion`() throws {
        var state = try project(Self.document, [image(1, 0, "a")])

        _ = state.apply(set: [], gone: [Place(scene: 1, image: 0)], lost: [1: 9], n: 9, xid: 200)
        _ = state.apply(set: [image(1, 0, "from the past")], gone: [], lost: [:], n: 8, xid: 200)

        #expect(merged(state) == #"{"scenes": [{"index": 1, "imageUrls": []}]}"#)
    }

    @Test func `what decided a place is forgotten once nothing older can come`() async throws {
        let fixture = try await CacheFixture.warm()
        let small = fixture.cache.overview.size_bytes
        fixture.apply(try setImages([image(1, 0, "newer")], xid: 100, n: 8))
        fixture.apply(try setImages([], gone: [Place(scene: 1, image: 0)], xid: 102, n: 9))

        fixture.cache.forgetDecisions(seenBy: TransactionSnapshot(xmin: 102, xmax: 102))
        fixture.apply(try setImages([image(1, 0, "from the past")], xid: 101, n: 7))
        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": []}, {"index": 2, "imageUrls": []}]"#)
        let remembering = fixture.cache.overview.size_bytes
        fixture.cache.forgetDecisions(seenBy: TransactionSnapshot(xmin: 103, xmax: 103))

        #expect(fixture.cache.overview.size_bytes < remembering)
        #expect(remembering > small)
    }

    @Test func `a write of what is there already changes nothing`() throws {
        var state = try project(Self.document, [image(1, 0, "a")])
        let before = state.revision

        let touched = state.apply(set: [image(1, 0, "a")], gone: [Place(scene: 2, image: 3)], lost: [:], n: 1, xid: 200)

        #expect(touched == [])
        #expect(state.revision == before)
    }

    @Test func `the generation of a scene only grows`() throws {
        var state = try project(Self.document, lost: [1: 5])

        _ = state.apply(set: [], gone: [], lost: [1: 9], n: 9, xid: 200)
        _ = state.apply(set: [], gone: [], lost: [1: 7, 2: 7], n: 7, xid: 200)

        #expect(state.generations == [1: 9, 2: 7])
    }

    @Test func `a scene loses its fallback even without a row`() throws {
        var state = try project(Self.document)

        let touched = state.apply(set: [], gone: [], lost: [1: 1], n: 1, xid: 200)

        #expect(touched == [1])
        #expect(merged(state) == #"{"scenes": [{"index": 1, "imageUrls": []}]}"#)
    }

    @Test func `two states differ in the scenes that changed, if the document did not`() throws {
        let old = try project(Self.document, [image(1, 0, "a"), image(2, 0, "b")])
        let new = try project(Self.document, [image(1, 0, "a"), image(2, 0, "c"), image(3, 0, "d")], lost: [4: 1])

        #expect(new.differences(from: old) == [2, 3, 4])
        #expect(old.differences(from: old) == [])
    }

    @Test func `only a snapshot tells another document, or a fallback that came back`() throws {
        let old = try project(Self.document, lost: [1: 1])

        #expect(try project(#"{"scenes": []}"#, lost: [1: 1]).differences(from: old) == nil)
        #expect(try project(Self.document).differences(from: old) == nil)
    }
}
