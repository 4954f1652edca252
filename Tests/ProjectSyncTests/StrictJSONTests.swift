import ProjectSync
import Testing

@Suite struct StrictJSONTests {
    private func pass(_ text: String) throws -> Range<Int> {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var json = JSONCursor(bytes)
            let range = try json.strictValue()
            try json.end()
            return range
        }
    }

    @Test(arguments: [
        "0", "-0", "12", "-1.50", "1e3", "1E-3", "0.0e+00", "true", "false", "null", #""""#, #""é\u00e9\ud83d\ude00""#,
        "[]", "{}", "[ ]", "{ }", "[1,2]", #"{"a":1,"a":{"b":[{},[]]}}"#, " [ 1 , [ 2 ] ] ", "[[[[]]]]",
        #"[{"a": "b"}, "c", null]"#,
    ])
    func `JSON is passed over`(text: String) throws {
        #expect(try pass(text).count == text.trimming { $0 == " " }.utf8.count)
    }

    @Test(arguments: [
        "", " ", "+1", "01", "1.", ".5", "1e", "1e+", "-", "--1", "0x1", "NaN", "Infinity", "tru", "truex", "nul",
        "True",
        "'a'", "\"a", "\"\\x\"", "\"\n\"", #""\ud800""#, "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "{", "}", "{,}",
        #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#, "{1:2}", "{a:1}", "[1}", #"{"a":1]"#, "1 2", "[]]",
        #"{"a":1}}"#, "//", "/* */1", "\u{feff}1", "[1]x",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try pass(text) }
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: JSONError.self) {
            try [UInt8](arrayLiteral: 0x22, 0xff, 0x22).withUnsafeBytes { bytes in
                var json = JSONCursor(bytes)
                return try json.strictValue()
            }
        }
    }

    @Test(arguments: [("[", "]"), ("{\"a\":[", "]}")])
    func `what is nested a thousand deep is passed over, and no more`(open: String, close: String) throws {
        let count = 1_000 / close.count
        let text = String(repeating: open, count: count) + String(repeating: close, count: count)

        #expect(try pass(text).count == text.utf8.count)
        #expect(throws: JSONError.self) { try pass("[\(text)]") }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `a million open brackets are refused`(opening: String) {
        #expect(throws: JSONError.self) { try pass(String(repeating: opening, count: 1_000_000)) }
    }
}

extension String {
    fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> Substring {
        var text = self[...]
        while let first = text.first, isLeftOut(first) { text = text.dropFirst() }
        while let last = text.last, isLeftOut(last) { text = text.dropLast() }
        return text
    }
}
