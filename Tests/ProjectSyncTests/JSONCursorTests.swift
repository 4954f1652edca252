import ProjectSync
import Testing

@Suite struct JSONCursorTests {
    private func read<Value>(_ text: String, _ body: (inout JSONCursor) throws -> Value) rethrows -> Value {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var json = JSONCursor(bytes)
            return try body(&json)
        }
    }

    @Test(arguments: [
        (#""""#, ""), (#""a b""#, "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""\u00e9\u20AC\ud83d\ude00""#, "é€😀"),
        (#""é😀""#, "é😀"),
    ])
    func `strings are read with their escapes`(json: String, expected: String) throws {
        let text = try read(json) { try $0.text(of: try $0.string()) }

        #expect(text == expected)
    }

    @Test(arguments: [
        #""\ud800""#, #""\ude00""#, #""\ud800\u0041""#, #""\u12""#, #""\x""#, #""\u12g4""#, "\"a", #""\u+041""#,
        #""\u-041""#, #""\u 041""#,
    ])
    func `broken strings are refused`(json: String) {
        #expect(throws: JSONError.self) { try read(json) { try $0.text(of: try $0.string()) } }
    }

    /// Strings are passed over word by word: what ends or escapes one is found at every place of a word.
    @Test(arguments: 0..<25)
    func `what is special in a string is found wherever it stands`(place: Int) throws {
        let plain = String(repeating: "~ x!#[]\u{7f}", count: 4).prefix(place)
        let rest = "y, 0123456789"

        for (special, expected) in [("\\\"", "\""), ("\\n", "\n"), ("é", "é"), ("\u{80}", "\u{80}")] {
            let text = try read("\"\(plain)\(special)z\"\(rest)") { try $0.text(of: $0.string()) }
            #expect(text == "\(plain)\(expected)z")
        }
        #expect(try read("\"\(plain)\"\(rest)") { try $0.text(of: $0.string()) } == String(plain))
        for control in ["\u{0}", "\u{1f}"] {
            #expect(throws: JSONError.self) { try read("\"\(plain)\(control)\(rest)\"") { try $0.string() } }
        }
    }

    @Test(arguments: ["\"a\nb\"", "\"\u{0}\"", "\"\u{1f}\""])
    func `raw control characters are refused`(json: String) {
        #expect(throws: JSONError.self) { try read(json) { try $0.string() } }
    }

    @Test(arguments: [("0", Int32(0)), ("-1", -1), ("2147483647", .max), ("-2147483648", .min)])
    func `integers are read to their limits`(json: String, expected: Int32) throws {
        #expect(try read(json) { try $0.integer() as Int32 } == expected)
    }

    @Test(arguments: ["2147483648", "-2147483649", "", "-", "x", "99999999999999999999999999"])
    func `integers beyond are refused`(json: String) {
        #expect(throws: JSONError.self) { try read(json) { try $0.integer() as Int32 } }
    }

    @Test(arguments: ["{}", "[]", "1.5e3", "true", #"{"a": [1, {"b": "]}"}]}"#, #"[[["\""]]]"#])
    func `a value is passed over as a whole`(json: String) throws {
        let range = try read(json + ",") { try $0.value() }

        #expect(range == 0..<json.utf8.count)
    }

    @Test(arguments: ["[", "{", "\"", "\\", "]", "}", ",", ":", "-"])
    func `eight thousand of one byte neither crash nor loop`(byte: String) {
        let payload = String(repeating: byte, count: 7_999)

        #expect(throws: JSONError.self) {
            try read(payload) { try $0.object { (_, json) throws(JSONError) in _ = try json.value() } }
        }
        #expect(throws: JSONError.self) {
            try read("{\"a\":" + payload) { try $0.object { (_, json) throws(JSONError) in _ = try json.value() } }
        }
    }
}
