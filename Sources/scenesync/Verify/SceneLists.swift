import ProjectSync

/// The images of scenes by their index, as a daemon's answers and events tell them.
struct SceneLists: Sendable {
    private(set) var lists: [Int32: [String]] = [:]

    init() {}

    /// From the body of `GET /v1/projects/{id}/scenes`.
    init(scenes text: String) throws {
        lists = try Self.read(text, Self.scenes)
    }

    /// From the data of a `snapshot`.
    init(snapshot data: String) throws {
        lists = try Self.read(data) { (json) throws(JSONError) in
            var lists: [Int32: [String]] = [:]
            try Self.member("project", &json) { (json) throws(JSONError) in
                try Self.member("generated_output", &json) { (json) throws(JSONError) in
                    try Self.member("scenes", &json) { (json) throws(JSONError) in lists = try Self.scenes(&json) }
                }
            }
            return lists
        }
    }

    /// Takes in the data of a `scene` event.
    mutating func apply(scene data: String) throws {
        let scene = try Self.read(data) { (json) throws(JSONError) in try Self.scene(&json, "scene_index") }
        if let scene { lists[scene.index] = scene.urls }
    }

    private static func scenes(_ json: inout JSONCursor) throws(JSONError) -> [Int32: [String]] {
        var lists: [Int32: [String]] = [:]
        try json.array { (json) throws(JSONError) in
            if json.peek() != UInt8(ascii: "{") {
                _ = try json.value()
            } else if let scene = try Self.scene(&json, "index") {
                lists[scene.index] = scene.urls
            }
        }
        return lists
    }

    /// Nil for a scene whose index is no 32-bit integer: none of ours.
    private static func scene(
        _ json: inout JSONCursor, _ name: StaticString
    ) throws(JSONError) -> (index: Int32, urls: [String])? {
        var index: Int32?
        var urls: [String] = []
        try json.object { (key, json) throws(JSONError) in
            if json.matches(key, name) {
                let value = try json.value()
                index = Int32(String(decoding: json.bytes(in: value), as: UTF8.self))
            } else if json.matches(key, "imageUrls") {
                try json.array { (json) throws(JSONError) in
                    if json.peek() == UInt8(ascii: "\"") {
                        urls.append(try json.text(of: try json.string()))
                    } else {
                        let value = try json.value()
                        urls.append(String(decoding: json.bytes(in: value), as: UTF8.self))
                    }
                }
            } else {
                _ = try json.value()
            }
        }
        return index.map { ($0, urls) }
    }

    /// An object's member that is of interest, and no other.
    private static func member(
        _ name: StaticString, _ json: inout JSONCursor, _ read: (inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard json.peek() == UInt8(ascii: "{") else {
            _ = try json.value()
            return
        }
        try json.object { (key, json) throws(JSONError) in
            if json.matches(key, name), json.peek() == UInt8(ascii: "{") || json.peek() == UInt8(ascii: "[") {
                try read(&json)
            } else {
                _ = try json.value()
            }
        }
    }

    private static func read<Value>(
        _ text: String, _ value: (inout JSONCursor) throws(JSONError) -> Value
    ) throws -> Value {
        var text = text
        do {
            return try text.withUTF8 { bytes in
                var json = JSONCursor(UnsafeRawBufferPointer(bytes))
                return try value(&json)
            }
        } catch is JSONError {
            throw VerifyFailure("the daemon's answer cannot be read: \(text.prefix(200))")
        }
    }
}
