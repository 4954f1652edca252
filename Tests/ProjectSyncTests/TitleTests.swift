import Testing

@testable import ProjectSync

struct TitleTests {
    @Test(arguments: [
        (#"{"title": "Harbour", "scenes": []}"#, "Harbour"),
        (#"{"title": "a \"quoted\"\nline \u00e9", "x": 1}"#, "a \"quoted\"\nline é"),
        (#"{"a": {"title": "of a part"}, "scenes": [{"title": "of a scene"}]}"#, nil),
        (#"{"title": ["no text"]}"#, nil), (#"{"title": "  "}"#, nil), (#"["title"]"#, nil), (nil, nil),
    ])
    func `the document's own title is known, if it is a text that says something`(document: String?, title: String?)
        throws
    {
        #expect(try project(document).document.title == title)
    }

    @Test func `of a long title the beginning is kept`() throws {
        let title = try project(#"{"title": "\#(String(repeating: "ab", count: 1_000))"}"#).document.title

        #expect(title == String(repeating: "ab", count: 100))
    }
}
