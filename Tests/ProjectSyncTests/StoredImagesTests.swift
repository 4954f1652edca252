import ProjectSync
import Testing

/// Contract M3 and M4, for pictures that are to become rows.
@Suite struct StoredImagesTests {
    private typealias LeftOut = StoredImages.LeftOut

    private func stored(
        _ scenes: String, _ images: [Image] = [], lost: [Int32: Int64] = [:]
    ) throws -> StoredImages {
        try StoredImages(of: project("{\"scenes\": [\(scenes)]}", images, lost: lost))
    }

    @Test func `what scenes without rows have stored is taken as it is`() throws {
        let found = try stored(
            #"{"imageUrls": ["a", "b\n\u00001"]}, 7, {"index": 9, "imageUrls": ["c"]}, {"index": null, "imageUrls": ["d"]}"#
        )

        #expect(
            found.scenes == [
                StoredImages.Scene(index: 1, list: #"["a", "b\n\u00001"]"#, count: 2),
                StoredImages.Scene(index: 9, list: #"["c"]"#, count: 1),
                StoredImages.Scene(index: 4, list: #"["d"]"#, count: 1),
            ])
        #expect(found.leftOut.isEmpty)
    }

    @Test func `scenes with rows, and those with nothing stored, are no matter`() throws {
        let found = try stored(
            #"{"imageUrls": ["a", 1]}, {"imageUrls": []}, {}, {"imageUrls": "x"}, {"imageUrls": null}, {"index": "x"}"#,
            [image(1, 3, "row")], lost: [1: 7, 2: 8])

        #expect(found.scenes.isEmpty)
        #expect(found.leftOut.isEmpty)
    }

    @Test(arguments: [
        (#"{"imageUrls": ["a"]}, {"imageUrls": ["b"]}"#, [1: 5] as [Int32: Int64], Int32(1), [0], "lost-fallback"),
        (#"{"index": 3, "imageUrls": ["a"]}, {}, {"index": 3, "imageUrls": ["b"]}"#, [:], 3, [0, 2], "shared-index"),
        (#"{"index": 2}, {"imageUrls": ["b"]}"#, [:], 2, [0, 1], "shared-index"),
        (#"{"imageUrls": ["a", null]}"#, [:], 1, [0], "odd-element"),
        (#"{"imageUrls": ["", ["a"]]}"#, [:], 1, [0], "odd-element"),
        (#"{"imageUrls": ["a", ""]}"#, [:], 1, [0], "empty-string"),
        (#"{"index": 2147483648, "imageUrls": ["a"]}"#, [:], nil, [0], "odd-index"),
        (#"{"index": "1", "imageUrls": [{}]}"#, [:], nil, [0], "odd-index"),
    ])
    func `what cannot be rows without a difference is left out`(
        _ scenes: String, _ lost: [Int32: Int64], _ scene: Int32?, _ positions: [Int], _ reason: String
    ) throws {
        let reason = try #require(StoredImages.Reason(rawValue: reason))

        let found = try stored(scenes, lost: lost)

        #expect(found.leftOut == [LeftOut(scene: scene, positions: positions, reason: reason)])
    }

    @Test func `scenes that share an index and a list are taken once`() throws {
        let found = try stored(#"{"index": 2.0, "imageUrls": ["a"]}, {"imageUrls": ["a"]}"#)

        #expect(found.scenes == [StoredImages.Scene(index: 2, list: #"["a"]"#, count: 1)])
        #expect(found.leftOut.isEmpty)
    }

    @Test(arguments: [nil, "null", "[]", #"{"scenes": {"imageUrls": ["a"]}}"#, #"{"imageUrls": ["a"]}"#])
    func `a document without scenes has none`(document: String?) throws {
        let found = try StoredImages(of: project(document))

        #expect(found.scenes.isEmpty && found.leftOut.isEmpty)
    }
}
