import ProjectSync

/// A line that tells which pictures were left where they are, and why.
struct LeftOutLine {
    private let project: ProjectID
    private let scene: Int32?
    private let positions: [Int]
    private let name: String
    private let words: String

    init(_ project: ProjectID, _ leftOut: StoredImages.LeftOut) {
        self.project = project
        scene = leftOut.scene
        positions = leftOut.positions
        name = leftOut.reason.rawValue
        words =
            switch leftOut.reason {
            case .lostFallback: "images have left it, or it was regenerated: what is stored is not shown any more"
            case .sharedIndex: "scenes share this index and show different images"
            case .oddElement: "an element of imageUrls is no string"
            case .emptyString: "an element of imageUrls is an empty string"
            case .oddIndex: "the scene's index is no 32-bit integer"
            }
    }

    /// Of a whole project.
    init(_ project: ProjectID, name: String, words: String) {
        self.project = project
        scene = nil
        positions = []
        self.name = name
        self.words = words
    }

    var text: String {
        let scene = scene.map { " scene \($0)" } ?? ""
        let places = positions.isEmpty ? "" : " scenes[\(positions.map { "\($0)" }.joined(separator: ", "))]"
        return "left out: \(project)\(scene)\(places): \(words)"
    }

    var json: String {
        """
        {"project": "\(project)", "scene_index": \(scene.map { "\($0)" } ?? "null"), "positions": \(positions), \
        "reason": \(JSONText.string(name)), "detail": \(JSONText.string(words))}
        """
    }
}
