/// How far a project's scenes are along.
package struct SceneProgress: Equatable, Sendable {
    /// Scenes in the document.
    package var scenes = 0
    /// Those that have pictures, and no hole.
    package var complete = 0
    /// Scenes in which a place is empty below one that is taken: images 0 and 2 without 1.
    package var withHoles = 0

    package init() {}

    mutating func add(_ other: SceneProgress) {
        scenes += other.scenes
        complete += other.complete
        withHoles += other.withHoles
    }
}

extension Project {
    var progress: SceneProgress {
        var progress = SceneProgress()
        progress.scenes = document.slots.count
        progress.withHoles = scenes.values.count { $0.hasHole }
        progress.complete = document.slots.count { slot in
            if let scene = slot.index, !isOnFallback(scene) { return scenes[scene]?.hasHole == false }
            return slot.hasStoredPictures
        }
        return progress
    }
}

extension SceneImages {
    /// Places are in order, so the last one tells how many there should be.
    fileprivate var hasHole: Bool {
        guard let first = entries.first, let last = entries.last else { return false }
        return first.image > 0 || Int(last.image) - Int(first.image) >= entries.count
    }
}

extension SceneSlot {
    /// PostgreSQL prints an empty array as `[]`.
    fileprivate var hasStoredPictures: Bool { (stored?.count ?? 0) > 2 }
}
