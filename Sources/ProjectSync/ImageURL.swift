/// An image's URL as the JSON string literal that every answer and event holds, quotes included.
///
/// The escapes are those of PostgreSQL's own JSON output, so equal URLs have equal bytes.
package struct ImageURL: Hashable, Sendable {
    package let literal: [UInt8]

    package init(_ url: some StringProtocol) {
        literal = JSONText.literal(url)
    }

    /// Takes the string value at the cursor.
    package init(reading json: inout JSONCursor) throws(JSONError) {
        let string = try json.string()
        if string.isPlain {
            self.init(literal: Array(json.bytes(in: string.range)))
        } else {
            self.init(try json.text(of: string))
        }
    }

    private init(literal: [UInt8]) {
        self.literal = literal
    }
}
