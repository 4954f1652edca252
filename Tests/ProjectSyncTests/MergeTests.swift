import NIOCore
import ProjectSync
import Testing

/// One line of the merge's table: a document as `jsonb` prints it, rows, lost scenes, and what comes out.
struct MergeCase: Sendable, CustomTestStringConvertible {
    let rule: String
    let document: String?
    var images: [Image] = []
    var lost: [Int32: Int64] = [:]
    let expected: String

    var testDescription: String { "\(rule): \(document?.prefix(80) ?? "NULL")" }
}

@Suite struct MergeTests {
    static let longNumber = String(repeating: "1234567890", count: 40)

    static let table: [MergeCase] = [
        MergeCase(rule: "M1 NULL is null", document: nil, images: [image(1, 0, "a")], expected: "null"),
        MergeCase(
            rule: "M1 digits, escapes and unknown keys stay",
            document:
                #"{"n": 1.10, "x": "\u0001\t\\\"é😀", "scenes": [], "big": \#(longNumber), "kept": {"a": [null, true]}}"#,
            expected:
                #"{"n": 1.10, "x": "\u0001\t\\\"é😀", "scenes": [], "big": \#(longNumber), "kept": {"a": [null, true]}}"#
        ),
        MergeCase(
            rule: "M2 an array", document: #"[{"scenes": [{}]}]"#, images: [image(1, 0, "a")],
            expected: #"[{"scenes": [{}]}]"#),
        MergeCase(rule: "M2 a string", document: #""scenes""#, expected: #""scenes""#),
        MergeCase(rule: "M2 a number", document: "3", expected: "3"),
        MergeCase(rule: "M2 JSON's null", document: "null", expected: "null"),
        MergeCase(
            rule: "M2 scenes is an object", document: #"{"scenes": {"index": 1}}"#, images: [image(1, 0, "a")],
            expected: #"{"scenes": {"index": 1}}"#),
        MergeCase(rule: "M2 scenes is a string", document: #"{"scenes": "[{}]"}"#, expected: #"{"scenes": "[{}]"}"#),
        MergeCase(
            rule: "M2 scenes within something else", document: #"{"a": {"scenes": [{}]}}"#,
            expected: #"{"a": {"scenes": [{}]}}"#),
        MergeCase(rule: "M2 no scenes", document: "{}", images: [image(1, 0, "a")], expected: "{}"),
        MergeCase(
            rule: "M2 elements that are no objects stay, and count",
            document: #"{"scenes": [null, 3, "x", [{}], true, {"a": 1}]}"#,
            images: [image(6, 0, "six"), image(1, 0, "one")],
            expected: #"{"scenes": [null, 3, "x", [{}], true, {"a": 1, "imageUrls": ["six"]}]}"#),
        MergeCase(
            rule: "M2 an empty object gets a list", document: #"{"scenes": [{}]}"#,
            expected: #"{"scenes": [{"imageUrls": []}]}"#),
        MergeCase(
            rule: "M2 the list stands where jsonb would put it",
            document: #"{"scenes": [{"index": 1, "prompt": "p", "narration": "n", "description": "d"}]}"#,
            expected:
                #"{"scenes": [{"index": 1, "prompt": "p", "imageUrls": [], "narration": "n", "description": "d"}]}"#),
        MergeCase(
            rule: "M2 an escaped key is as long as what it means",
            document: #"{"scenes": [{"\"\"\"\"\"\"\"\"\"": 1}]}"#,
            expected: #"{"scenes": [{"\"\"\"\"\"\"\"\"\"": 1, "imageUrls": []}]}"#),
        MergeCase(
            rule: "M3 the index of the scene", document: #"{"scenes": [{"index": 7}, {"index": 2}]}"#,
            images: [image(2, 0, "two"), image(7, 0, "seven"), image(1, 0, "one")],
            expected: #"{"scenes": [{"index": 7, "imageUrls": ["seven"]}, {"index": 2, "imageUrls": ["two"]}]}"#),
        MergeCase(
            rule: "M3 its position where the index is missing or null",
            document: #"{"scenes": [{"a": 1}, {"index": null}]}"#,
            images: [image(1, 0, "one"), image(2, 0, "two")],
            expected: #"{"scenes": [{"a": 1, "imageUrls": ["one"]}, {"index": null, "imageUrls": ["two"]}]}"#),
        MergeCase(
            rule: "M3 2.0 is 2", document: #"{"scenes": [{"index": 2.0}]}"#, images: [image(2, 0, "a")],
            expected: #"{"scenes": [{"index": 2.0, "imageUrls": ["a"]}]}"#),
        MergeCase(
            rule: "M3 2.5 is none", document: #"{"scenes": [{"index": 2.5}]}"#,
            images: [image(2, 0, "a"), image(1, 0, "b")], expected: #"{"scenes": [{"index": 2.5, "imageUrls": []}]}"#),
        MergeCase(
            rule: "M3 a string is none", document: #"{"scenes": [{"index": "1"}]}"#, images: [image(1, 0, "a")],
            expected: #"{"scenes": [{"index": "1", "imageUrls": []}]}"#),
        MergeCase(
            rule: "M3 true is none", document: #"{"scenes": [{"index": true}]}"#, images: [image(1, 0, "a")],
            expected: #"{"scenes": [{"index": true, "imageUrls": []}]}"#),
        MergeCase(
            rule: "M3 negative", document: #"{"scenes": [{"index": -3}]}"#, images: [image(-3, 0, "a")],
            expected: #"{"scenes": [{"index": -3, "imageUrls": ["a"]}]}"#),
        MergeCase(
            rule: "M3 the least", document: #"{"scenes": [{"index": -2147483648}]}"#, images: [image(.min, 0, "a")],
            expected: #"{"scenes": [{"index": -2147483648, "imageUrls": ["a"]}]}"#),
        MergeCase(
            rule: "M3 beyond 32 bits", document: #"{"scenes": [{"index": 2147483648}]}"#,
            images: [image(.min, 0, "a"), image(0, 0, "b")],
            expected: #"{"scenes": [{"index": 2147483648, "imageUrls": []}]}"#),
        MergeCase(
            rule: "M3 beyond 64 bits", document: #"{"scenes": [{"index": 18446744073709551617}]}"#,
            images: [image(1, 0, "a")], expected: #"{"scenes": [{"index": 18446744073709551617, "imageUrls": []}]}"#),
        MergeCase(
            rule: "M3 400 digits", document: #"{"scenes": [{"index": \#(longNumber)}]}"#, images: [image(1, 0, "a")],
            expected: #"{"scenes": [{"index": \#(longNumber), "imageUrls": []}]}"#),
        MergeCase(
            rule: "M4 in the order of places, gaps and all", document: #"{"scenes": [{"index": 1}]}"#,
            images: [image(1, -1, "first"), image(1, 0, "second"), image(1, 40, "last")],
            expected: #"{"scenes": [{"index": 1, "imageUrls": ["first", "second", "last"]}]}"#),
        MergeCase(
            rule: "M4 the stored ones where there are no rows",
            document: #"{"scenes": [{"index": 1, "imageUrls": ["old", 3, null]}]}"#,
            expected: #"{"scenes": [{"index": 1, "imageUrls": ["old", 3, null]}]}"#),
        MergeCase(
            rule: "M4 rows take precedence scene by scene",
            document: #"{"scenes": [{"index": 1, "imageUrls": ["old1"]}, {"index": 2, "imageUrls": ["old2"]}]}"#,
            images: [image(2, 0, "new")],
            expected: #"{"scenes": [{"index": 1, "imageUrls": ["old1"]}, {"index": 2, "imageUrls": ["new"]}]}"#),
        MergeCase(
            rule: "M4 lost for good", document: #"{"scenes": [{"index": 1, "imageUrls": ["old"]}]}"#, lost: [1: 1],
            expected: #"{"scenes": [{"index": 1, "imageUrls": []}]}"#),
        MergeCase(
            rule: "M4 stored ones that are no array",
            document: #"{"scenes": [{"imageUrls": "a"}, {"imageUrls": null}, {"imageUrls": {"0": "a"}}]}"#,
            expected: #"{"scenes": [{"imageUrls": []}, {"imageUrls": []}, {"imageUrls": []}]}"#),
        MergeCase(
            rule: "M4 stored ones of an index without rows of its own",
            document: #"{"scenes": [{"index": "x", "imageUrls": ["old"]}]}"#,
            expected: #"{"scenes": [{"index": "x", "imageUrls": ["old"]}]}"#),
        MergeCase(
            rule: "M4 scenes that share an index get the same rows",
            document: #"{"scenes": [{"index": 1, "imageUrls": ["a"]}, {"index": 1, "imageUrls": ["b"]}]}"#,
            images: [image(1, 0, "row")],
            expected: #"{"scenes": [{"index": 1, "imageUrls": ["row"]}, {"index": 1, "imageUrls": ["row"]}]}"#),
        MergeCase(
            rule: "M4 scenes that share an index fall back each to its own",
            document: #"{"scenes": [{"index": 1, "imageUrls": ["a"]}, {"index": 1, "imageUrls": ["b"]}]}"#,
            expected: #"{"scenes": [{"index": 1, "imageUrls": ["a"]}, {"index": 1, "imageUrls": ["b"]}]}"#),
        MergeCase(
            rule: "M5 rows of no scene appear nowhere", document: #"{"scenes": [{"index": 1}]}"#,
            images: [image(9, 0, "a")], expected: #"{"scenes": [{"index": 1, "imageUrls": []}]}"#),
        MergeCase(
            rule: "odd URLs", document: #"{"scenes": [{"index": 1}]}"#,
            images: [image(1, 0, "data:\"\\\n\r\t\u{1}\u{8}\u{c}\u{7f}\u{2028}é😀")],
            expected:
                "{\"scenes\": [{\"index\": 1, \"imageUrls\": [\"data:\\\"\\\\\\n\\r\\t\\u0001\\b\\f\u{7f}\u{2028}é😀\"]}]}"
        ),
        MergeCase(
            rule: "text before and after",
            document: #"{"a": "[{", "scenes": [{"index": 1}, {"index": 2}], "zzzzzzz": "}]"}"#,
            images: [image(1, 0, "x"), image(2, 0, "y")],
            expected:
                #"{"a": "[{", "scenes": [{"index": 1, "imageUrls": ["x"]}, {"index": 2, "imageUrls": ["y"]}], "zzzzzzz": "}]"}"#
        ),
    ]

    @Test(arguments: table) func `the merged document is exact to the byte`(line: MergeCase) throws {
        let state = try project(line.document, line.images, lost: line.lost)

        #expect(merged(state) == line.expected)
    }

    @Test(arguments: [
        (#"{"scenes": [{"index": 1}]}"#, #"[{"index": 1, "imageUrls": ["a"]}]"#), (#"{"scenes": 3}"#, "[]"),
        ("null", "[]"),
        (#"{"scenes": []}"#, "[]"), (#"{"a": 1}"#, "[]"),
    ])
    func `the scenes alone are the merged array, or none`(document: String, expected: String) throws {
        let body = ProjectBody(try project(document, [image(1, 0, "a")]))

        #expect(String(buffer: body.scenes) == expected)
    }

    @Test func `rows that share a place keep the order in which they were loaded`() throws {
        let state = try project(
            #"{"scenes": [{"index": 1}]}"#, [image(1, 0, "a"), image(1, 0, "b"), image(1, 1, "c"), image(1, 0, "d")])

        #expect(merged(state) == #"{"scenes": [{"index": 1, "imageUrls": ["a", "b", "d", "c"]}]}"#)
    }

    @Test(arguments: ["", "{", #"{"scenes": ["#, #"{"scenes": [{]}"#, #"{"a" 1}"#, #"{"scenes": [{"index" 1}]}"#])
    func `what is no JSON is refused`(document: String) {
        #expect(throws: JSONError.self) { try project(document) }
    }
}
