import ProjectSync

/// What an event of a project's stream says (contract, section 4). Events that are not known are passed over.
enum ProjectEvent: Equatable, Sendable {
    /// A scene of the document, or the new state of one.
    struct Scene: Equatable, Sendable {
        /// Nil if no image can belong to it.
        var number: Int32?
        var prompt = ""
        var urls: [String] = []
        /// Where the document has it; of a snapshot's scenes just one place.
        var positions: [Int] = []
    }

    struct Snapshot: Equatable, Sendable {
        var title: String?
        var scenes: [Scene] = []
    }

    case snapshot(Snapshot, revision: String)
    case scene(Scene, revision: String?)
    case ready(revision: String)
    case stale(since: String)
    case deleted
    case expired

    init?(name: String, data: [UInt8]) throws(JSONError) {
        switch name {
        case "snapshot", "scene", "ready", "stale":
            // A closure of the standard library's carries errors of any type.
            let read: Result<ProjectEvent?, JSONError> = data.withUnsafeBytes { bytes in
                Result { () throws(JSONError) in try Self.read(name, bytes) }
            }
            guard let event = try read.get() else { return nil }
            self = event
        case "deleted": self = .deleted
        case "expired": self = .expired
        default: return nil
        }
    }

    private static func read(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(JSONError) -> ProjectEvent? {
        var json = JSONCursor(bytes)
        var scene = Scene()
        var snapshot = Snapshot()
        var revision: String?
        var since: String?
        try json.object { (key, json) throws(JSONError) in
            if json.matches(key, "revision") {
                revision = try json.textIfString()
            } else if json.matches(key, "since") {
                since = try json.textIfString()
            } else if json.matches(key, "project") {
                snapshot = try readProject(&json)
            } else if json.matches(key, "scene_index") {
                scene.number = try json.integer()
            } else if json.matches(key, "positions") {
                try json.array { (json) throws(JSONError) in
                    let position: Int64 = try json.integer()
                    scene.positions.append(Int(position))
                }
            } else if json.matches(key, "imageUrls") {
                scene.urls = try json.texts()
            } else {
                _ = try json.value()
            }
        }
        return switch name {
        case "snapshot": revision.map { .snapshot(snapshot, revision: $0) }
        case "scene": .scene(scene, revision: revision)
        case "ready": revision.map { .ready(revision: $0) }
        default: .stale(since: since ?? "")
        }
    }

    private static func readProject(_ json: inout JSONCursor) throws(JSONError) -> Snapshot {
        var snapshot = Snapshot()
        try json.object { (key, json) throws(JSONError) in
            guard json.matches(key, "generated_output"), json.peek() == UInt8(ascii: "{") else {
                _ = try json.value()
                return
            }
            try json.object { (key, json) throws(JSONError) in
                if json.matches(key, "title") {
                    snapshot.title = try json.textIfString()
                } else if json.matches(key, "scenes"), json.peek() == UInt8(ascii: "[") {
                    snapshot.scenes = try readScenes(&json)
                } else {
                    _ = try json.value()
                }
            }
        }
        return snapshot
    }

    private static func readScenes(_ json: inout JSONCursor) throws(JSONError) -> [Scene] {
        var scenes: [Scene] = []
        var position = 0
        try json.array { (json) throws(JSONError) in
            defer { position += 1 }
            guard json.peek() == UInt8(ascii: "{") else {
                _ = try json.value()
                return
            }
            var scene = Scene(number: Int32(exactly: position + 1), positions: [position])
            try json.object { (key, json) throws(JSONError) in
                if json.matches(key, "index") {
                    let text = json.text(in: try json.value())
                    if text != "null" { scene.number = Self.number(text) }
                } else if json.matches(key, "prompt") {
                    scene.prompt = try json.textIfString() ?? ""
                } else if json.matches(key, "imageUrls") {
                    scene.urls = try json.texts()
                } else {
                    _ = try json.value()
                }
            }
            scenes.append(scene)
        }
        return scenes
    }

    /// `2.0` is 2; `2.5` and `"2"` are no numbers of scenes.
    private static func number(_ text: String) -> Int32? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || parts[1].allSatisfy({ $0 == "0" }) else { return nil }
        return Int32(parts[0])
    }
}

extension JSONCursor {
    /// The text of a string; nil for a value of another kind, which is passed over.
    fileprivate mutating func textIfString() throws(JSONError) -> String? {
        guard peek() == UInt8(ascii: "\"") else {
            _ = try value()
            return nil
        }
        return try text(of: try string())
    }

    /// The elements of an array, those that are no strings as JSON; none if it is no array.
    fileprivate mutating func texts() throws(JSONError) -> [String] {
        guard peek() == UInt8(ascii: "[") else {
            _ = try value()
            return []
        }
        var texts: [String] = []
        try array { (json) throws(JSONError) in
            if json.peek() == UInt8(ascii: "\"") {
                texts.append(try json.text(of: try json.string()))
            } else {
                texts.append(json.text(in: try json.value()))
            }
        }
        return texts
    }

    fileprivate func text(in range: Range<Int>) -> String {
        String(decoding: bytes(in: range), as: UTF8.self)
    }
}
