/// What a browser builds from one project's events (contract, section 4), and whether it may trust them.
struct ProjectMirror: Sendable {
    private(set) var lastEventID: String?
    /// `generated_output`, merged; nil before the first snapshot and when the project is gone.
    private(set) var document: JSONNode?
    private(set) var isDeleted = false
    /// From the last `ready` to the next `stale`, and on this connection.
    private(set) var isLive = false
    private(set) var counts: [String: Int] = [:]
    let project: String
    /// Whether the stream tells of all scenes: of a part, `ready` may bear the revision of changes that were not told.
    private let isWhole: Bool
    /// Whether it holds a part of what belongs together: more than its last event id says.
    private(set) var isBetweenIDs = false
    /// What it was when the last event with an id had come.
    private var vouched: JSONNode?

    init(of project: String, isWhole: Bool = true) {
        self.project = project
        self.isWhole = isWhole
    }

    /// The text to be compared with the database's; nil if there is no project.
    var generatedOutput: String? { document?.text }

    /// A browser that connects again keeps what it has and brings its last event id.
    mutating func connect() {
        isLive = false
        isDeleted = false
        isBetweenIDs = false
    }

    /// A client that takes events that belong together as a whole connects again: what it has is what its id says.
    mutating func connectWithWholes() {
        if isBetweenIDs { document = vouched }
        connect()
    }

    /// A browser that starts anew.
    mutating func forget() {
        self = ProjectMirror(of: project, isWhole: isWhole)
    }

    mutating func apply(_ event: ServerSentEvent) throws {
        try require(!isDeleted, "an event after deleted", event)
        try require(!event.data.utf8.contains { $0 == 10 || $0 == 13 }, "data of several lines", event)
        guard let data = try? JSONReader.read(event.data), case .object(let members) = data else {
            throw MirrorViolation(what: "data that is no JSON object", event: event)
        }
        counts[event.event, default: 0] += 1
        if let id = event.id { try require(Self.isRevision(id), "an id that is no revision", event) }
        let keys = Set(members.map(\.key))
        switch event.event {
        case "snapshot": try applySnapshot(data, keys, event)
        case "scene": try applyScene(data, keys, event)
        case "ready":
            try require(keys == ["project_id", "revision"], "other members than a ready has", event)
            try requireRevision(data, event)
            try require(document != nil, "ready before anything to be ready with", event)
            try require(!isBetweenIDs, "ready in the midst of events that belong together", event)
            try require(!isWhole || event.id == lastEventID, "ready with a revision that no event led to", event)
            lastEventID = event.id
            isLive = true
        case "stale":
            try require(event.id == nil, "stale with an id", event)
            try require(keys == ["since"] && data["since"]?.plainString != nil, "stale without since", event)
            isLive = false
        case "expired":
            try require(event.id == nil && keys.isEmpty, "expired with an id or members", event)
            isLive = false
        case "deleted":
            try require(event.id == nil, "deleted with an id", event)
            try require(keys == ["project_id"], "other members than a deleted has", event)
            try requireProject(data["project_id"], event)
            (document, lastEventID) = (nil, nil)
            isDeleted = true
            isLive = false
        default: throw MirrorViolation(what: "an event of no known name", event: event)
        }
    }

    private mutating func applySnapshot(_ data: JSONNode, _ keys: Set<String>, _ event: ServerSentEvent) throws {
        try require(keys == ["project", "revision"], "other members than a snapshot has", event)
        try require(data["revision"]?.plainString == event.id && event.id != nil, "id and revision differ", event)
        try requireProject(data["project"]?["id"], event)
        guard let output = data["project"]?["generated_output"] else {
            throw MirrorViolation(what: "a snapshot without generated_output", event: event)
        }
        for scene in output["scenes"]?.elements ?? [] {
            guard case .object = scene else { continue }
            try require(scene["imageUrls"]?.elements != nil, "a scene without imageUrls", event)
        }
        (document, vouched) = (output, output)
        lastEventID = event.id
        isBetweenIDs = false
    }

    private mutating func applyScene(_ data: JSONNode, _ keys: Set<String>, _ event: ServerSentEvent) throws {
        try require(
            keys == ["project_id", "revision", "scene_index", "positions", "imageUrls"],
            "other members than a scene has", event)
        try requireRevision(data, event)
        guard let document else { throw MirrorViolation(what: "a scene before any snapshot", event: event) }
        guard let index = data["scene_index"]?.int, let urls = data["imageUrls"], urls.elements != nil else {
            throw MirrorViolation(what: "a scene without index or imageUrls", event: event)
        }
        let places = Self.places(of: index, in: document)
        try require(data["positions"]?.elements?.map(\.int) == places.map { $0 }, "positions not of this index", event)
        if !places.isEmpty, var scenes = document["scenes"]?.elements {
            for place in places { scenes[place]["imageUrls"] = urls }
            self.document?["scenes"] = .array(scenes)
        }
        isBetweenIDs = event.id == nil
        if !isBetweenIDs { vouched = self.document }
        lastEventID = event.id ?? lastEventID
    }

    /// An event has a revision if and only if it has an id, and they are one.
    private func requireRevision(_ data: JSONNode, _ event: ServerSentEvent) throws {
        let revision = data["revision"]
        try require(revision != nil && revision?.plainString == event.id, "id and revision differ", event)
        try require((revision?.isNull == true) == (event.id == nil), "a revision without an id", event)
        if event.event != "scene" { try require(event.id != nil, "no id", event) }
        try requireProject(data["project_id"], event)
    }

    private func requireProject(_ id: JSONNode?, _ event: ServerSentEvent) throws {
        try require(id?.plainString == project, "another project", event)
    }

    private func require(_ holds: Bool, _ what: String, _ event: ServerSentEvent) throws {
        if !holds { throw MirrorViolation(what: what, event: event) }
    }

    /// Where scenes of this index are in the document (contract M3).
    static func places(of index: Int, in document: JSONNode) -> [Int] {
        (document["scenes"]?.elements ?? []).enumerated().filter { position, scene in
            guard case .object = scene else { return false }
            guard let own = scene["index"], !own.isNull else { return position + 1 == index }
            guard case .number(let digits) = own else { return false }
            let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
            return Int(parts[0]) == index && parts.dropFirst().allSatisfy { $0.allSatisfy { $0 == "0" } }
        }.map(\.offset)
    }

    private static func isRevision(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}

/// An event that breaks the contract.
struct MirrorViolation: Error, CustomStringConvertible {
    let what: String
    let event: ServerSentEvent

    var description: String {
        "\(what): event \(event.event), id \(event.id ?? "none"), data \(event.data.prefix(2_000))"
    }
}
