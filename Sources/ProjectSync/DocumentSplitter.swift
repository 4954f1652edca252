/// Finds the scenes in the text of a `jsonb` document, and in each the spot for its pictures.
///
/// It relies on what `jsonb` prints: valid JSON, no key twice, the keys of an object shortest first and then by bytes.
struct DocumentSplitter {
    private static let longestTitle = 200

    private(set) var scenes: Range<Int>?
    private(set) var slots: [SceneSlot] = []
    private(set) var title: String?
    private var json: JSONCursor

    init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        json = JSONCursor(text)
        guard json.peek() == UInt8(ascii: "{") else {
            _ = try json.value()
            try json.end()
            return
        }
        var found: Range<Int>?
        var title: String?
        try json.object { (key, json) throws(JSONError) in
            let value = try json.value()
            if json.matches(key, "scenes"), json.bytes(in: value).first == UInt8(ascii: "[") { found = value }
            if json.matches(key, "title") { title = Self.title(json.bytes(in: value)) }
        }
        try json.end()
        scenes = found
        self.title = title
        guard let found else { return }
        try split(UnsafeRawBufferPointer(rebasing: text[found]), offset: found.lowerBound)
    }

    /// A title that says something, as far as it is shown in a list.
    private static func title(_ text: UnsafeRawBufferPointer) -> String? {
        var json = JSONCursor(text)
        guard text.count < 4_096, let title = try? json.text(of: json.string()), !title.allSatisfy(\.isWhitespace)
        else { return nil }
        return String(title.prefix(longestTitle))
    }

    private mutating func split(_ text: UnsafeRawBufferPointer, offset: Int) throws(JSONError) {
        var position = 0
        var slots: [SceneSlot] = []
        var cursor = JSONCursor(text)
        try cursor.array { (json) throws(JSONError) in
            if json.peek() == UInt8(ascii: "{") {
                slots.append(try Self.slot(&json, position: position, offset: offset))
            } else {
                _ = try json.value()
            }
            position += 1
        }
        self.slots = slots
    }

    private static func slot(_ json: inout JSONCursor, position: Int, offset: Int) throws(JSONError) -> SceneSlot {
        var index: Range<Int>?
        var pictures: Range<Int>?
        var next: Int?
        var isEmpty = true
        try json.object { (key, json) throws(JSONError) in
            isEmpty = false
            let value = try json.value()
            if json.matches(key, "index") {
                index = value
            } else if json.matches(key, "imageUrls") {
                pictures = value
            } else if next == nil, try Self.followsImageURLs(key, json) {
                next = key.range.lowerBound
            }
        }
        let number = index.map { json.bytes(in: $0) }.flatMap { $0.elementsEqual("null".utf8) ? nil : $0 }
        let rowIndex = number.map(Self.integralValue) ?? Int32(exactly: position + 1)
        if let pictures {
            let isArray = json.bytes(in: pictures).first == UInt8(ascii: "[")
            let replaced = pictures.lowerBound + offset..<pictures.upperBound + offset
            return SceneSlot(
                position: position, index: rowIndex, replaced: replaced, stored: isArray ? replaced : nil, before: "",
                after: "")
        }
        let spot = (next ?? json.position - 1) + offset
        let (before, after): (StaticString, StaticString) =
            if next != nil { (#""imageUrls": "#, ", ") } else if isEmpty { (#""imageUrls": "#, "") } else {
                (#", "imageUrls": "#, "")
            }
        return SceneSlot(
            position: position, index: rowIndex, replaced: spot..<spot, stored: nil, before: before, after: after)
    }

    /// The order of `jsonb` keys: by length in bytes, then byte by byte.
    private static func followsImageURLs(_ key: JSONCursor.StringToken, _ json: JSONCursor) throws(JSONError) -> Bool {
        let name = "imageUrls".utf8
        let bytes = key.isPlain ? Array(json.bytes(of: key)) : Array(try json.text(of: key).utf8)
        return bytes.count == name.count ? name.lexicographicallyPrecedes(bytes) : bytes.count > name.count
    }

    /// The value of a JSON number as an index that a row can have: `2.0` is 2, `2.5`, `"2"` and 2^31 are none.
    private static func integralValue(_ text: UnsafeRawBufferPointer) -> Int32? {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard let whole = parts.first, parts.count < 2 || parts[1].allSatisfy({ $0 == UInt8(ascii: "0") }) else {
            return nil
        }
        var json = JSONCursor(UnsafeRawBufferPointer(rebasing: whole))
        guard let number: Int32 = try? json.integer(), json.peek() == nil else { return nil }
        return number
    }
}
