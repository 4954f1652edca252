import ProjectSync
import Testing

@Suite struct RevisionTests {
    static let document = #"{"scenes": [{"index": 1}]}"#

    @Test func `equal contents have equal revisions, however they came about`() throws {
        var changed = try project(Self.document, [image(1, 0, "a")], lost: [2: 5])
        _ = changed.apply(set: [image(1, 1, "b"), image(2, 0, "c")], gone: [], lost: [:], n: 1, xid: 200)
        _ = changed.apply(set: [], gone: [Place(scene: 1, image: 0)], lost: [1: 2], n: 2, xid: 200)
        _ = changed.apply(set: [image(1, 1, "d")], gone: [], lost: [:], n: 3, xid: 200)

        let loaded = try project(Self.document, [image(2, 0, "c"), image(1, 1, "d")], lost: [1: 9, 2: 1])

        #expect(changed.revision == loaded.revision)
    }

    @Test func `different contents have different revisions`() throws {
        let revisions = try [
            project(nil), project("null"), project("{}"), project(Self.document),
            project(Self.document, [image(1, 0, "a")]),
            project(Self.document, [image(1, 0, "b")]), project(Self.document, [image(1, 1, "a")]),
            project(Self.document, [image(2, 0, "a")]), project(Self.document, lost: [1: 1]),
            project(Self.document, lost: [2: 1]),
            project(Self.document, [image(1, 0, "a"), image(1, 0, "a")]),
        ].map(\.revision)

        #expect(Set(revisions).count == revisions.count)
    }

    @Test func `a revision survives its text`() throws {
        let revision = try project(Self.document).revision

        let text = revision.description

        #expect(Revision(text) == revision)
        #expect(text.utf8.count == 22)
        #expect(
            text.utf8.allSatisfy {
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8.contains($0)
            })
    }

    @Test(arguments: [
        "", "x", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA==",
    ])
    func `other text is no revision`(text: String) {
        #expect(Revision(text) == nil)
    }

    @Test func `the revision of these contents never changes`() throws {
        let state = try project(Self.document, [image(1, 0, "https://example.net/a.png")], lost: [3: 7])

        #expect(state.revision.description == "PlBCwj6pJfUamSLAyBG_1w")
    }
}
