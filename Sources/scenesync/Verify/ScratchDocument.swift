import ProjectSync

/// The document that `verify` works on, as PostgreSQL prints it: keys shortest first, then by their bytes.
struct ScratchDocument: Sendable {
    static let title = "Scene Sync verify"
    static let stored = ["https://example.com/verify/stored-1.png", "https://example.com/verify/stored-2.png"]

    /// What goes before the scenes' numbers, so that a project of the app's keeps its own scenes as they are.
    let base: Int32
    /// The project's own document, which is to be put back; nil for none.
    let before: String?

    /// With the images that the scenes are to have; nil: as it is stored.
    func text(_ lists: [Int32: [String]]?) -> String {
        let scenes = ScratchScene.allCases.map { scene in
            let index = number(scene)
            let list = lists.map { $0[index] ?? [] } ?? (scene.hasStored ? Self.stored : nil)
            let images = list.map { ", \"imageUrls\": [\($0.map { JSONText.string($0) }.joined(separator: ", "))]" }
            return "{\"index\": \(index), \"prompt\": \"\(scene)\"\(images ?? "")}"
        }
        return """
            {"n": 1.10, "big": 12345678901234567890.123456789, "title": "\(Self.title)", \
            \(before.map { "\"before\": \($0), " } ?? "")"scenes": [\(scenes.joined(separator: ", "))]}
            """
    }

    func number(_ scene: ScratchScene) -> Int32 {
        base + scene.rawValue
    }
}

/// A scene for each check, so that none rests on another.
enum ScratchScene: Int32, CaseIterable {
    case single = 1
    case saved, concurrent, appended, regenerated, deleted, outranked, stored, untouched

    var hasStored: Bool {
        [.outranked, .stored, .untouched].contains(self)
    }
}
