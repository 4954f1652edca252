import ProjectSync

/// The images of scenes by their index, as a daemon's answers and events tell them.
struct SceneLists: Sendable, Equatable {
    var lists: [Int32: [String]] = [:]

    /// From the body of `GET /v1/projects/{id}/scenes`.
    init(scenes text: String) throws {
        try read(text) { json in try lists(&json) }
    }

    /// From the data of a `snapshot`.
    init(snapshot data: String) throws {
        try read(data) { json in
            try member("project", &json) { json throws(JSONError) in
                try member("generated_output", &json) { json throws(JSONError) in
                    try member("scenes", &json) { json throws(JSONError) in try lists(&json) }
                }
            }
        }
    }

    init() {}

    /// Takes in the data of a `scene` event.
    mutating func apply(scene data: String) throws {
        try read(data) { json in
            if let (index, urls) = try scene(&json, "scene_index") { lists[index] = urls }
        }
    }

    private mutating func lists(_ json: inout JSONCursor) throws(JSONError) {
        try json.array { (json) throws(JSONError) in
            if let (index, urls) = try scene(&json, "index") { lists[index] = urls }
        }
    }

    private func scene(
        _ json: inout JSONCursor, _ name: StaticString
    ) throws(JSONError) -> (index: Int32, urls: [String])? {
        var index: Int32?
        var urls: [String] = []
        try json.object { (key, json) throws(JSONError) in
            if json.matches(key, name) {
                index = try json.integer()
            } else if json.matches(key, "imageUrls") {
                try json.array { (json) throws(JSONError) in
                    _ = json.peek()
                    urls.append(try json.text(of: try json.string()))
                }
            } else {
                _ = try json.value()
            }
        }
        return index.map { ($0, urls) }
    }

    private func member(
        _ name: StaticString, _ json: inout JSONCursor, _ read: (inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        try json.object { (key, json) throws(JSONError) in
            if json.matches(key, name) { try read(&json) } else { _ = try json.value() }
        }
    }

    private func read(_ text: String, _ body: (inout JSONCursor) throws(JSONError) -> Void) throws {
        var text = text
        do {
            try text.withUTF8 { bytes in
                var json = JSONCursor(UnsafeRawBufferPointer(bytes))
                try body(&json)
            }
        } catch is JSONError {
            throw VerifyFailure("the daemon's answer cannot be read: \(text.prefix(200))")
        }
    }
}
