/// The merged state of one project: its document, its rows, and which scenes have lost their fallback.
///
/// Changes may arrive in any order beside the load that the state began with. Two rules make the outcome
/// exact: a change counts if and only if its transaction was not visible to the load, and for each place the
/// highest `n` wins, deletions included.
package struct Project: Sendable {
    package let id: ProjectID
    package let document: ProjectDocument
    package private(set) var scenes: [Int32: SceneImages]
    /// The generation of each scene that a row has left (contract M4).
    package private(set) var generations: [Int32: Int64]
    package private(set) var revision: Revision
    package let snapshot: TransactionSnapshot
    /// How many pictures have had another one put in their place since it was loaded.
    private(set) var overwritten = 0
    /// Which change last decided each place, as long as an older one may still come.
    private var decided: [Place: Decision] = [:]
    private(set) var size_bytes: Int

    package init(
        id: ProjectID, documentText: UnsafeRawBufferPointer?, images: [Image], generations: [Int32: Int64],
        snapshot: TransactionSnapshot
    ) throws(JSONError) {
        self.id = id
        self.snapshot = snapshot
        self.generations = generations
        document = try ProjectDocument(documentText)
        revision = Revision()
        revision.insert(.document(documentText))
        scenes = [:]
        size_bytes = document.size_bytes + generations.count * 48 + 256
        for image in images {
            scenes[image.place.scene, default: SceneImages()].append(image.place.image, image.url)
            revision.insert(.image(image.place, image.url))
            size_bytes += Self.size_bytes(of: image.url)
        }
        for scene in generations.keys {
            revision.insert(.lostFallback(scene: scene))
        }
    }

    /// Whether this change is already part of the state that was loaded.
    package func holds(_ change: Change) -> Bool {
        snapshot.sees(change.xid)
    }

    /// Applies what a statement did to places. Returns the scenes whose contents now differ.
    package mutating func apply(
        set: [Image], gone: [Place], lost: [Int32: Int64], n: Int64, xid: UInt64
    ) -> Set<Int32> {
        var touched: Set<Int32> = []
        let decision = Decision(n: n, xid: xid)
        for place in gone where put(nil, at: place, decision) {
            touched.insert(place.scene)
        }
        for image in set where put(image.url, at: image.place, decision) {
            touched.insert(image.place.scene)
        }
        for (scene, generation) in lost {
            if generations[scene] == nil {
                revision.insert(.lostFallback(scene: scene))
                size_bytes += 48
                touched.insert(scene)
            }
            generations[scene] = max(generations[scene] ?? 0, generation)
        }
        return touched
    }

    /// Every change that `snapshot` sees has been applied: what they decided need not be remembered, as a change that
    /// comes later has a higher `n`. Returns whether anything is left.
    mutating func forgetDecisions(seenBy snapshot: TransactionSnapshot) -> Bool {
        let before = decided.count
        decided = decided.filter { !snapshot.sees($0.value.xid) }
        size_bytes -= (before - decided.count) * Self.decision_bytes
        return !decided.isEmpty
    }

    /// The scenes in which two states of one project differ; nil if nothing less than a snapshot tells the difference.
    package func differences(from old: Project) -> Set<Int32>? {
        guard revision != old.revision else { return [] }
        var differing: Set<Int32> = []
        for scene in Set(scenes.keys).union(old.scenes.keys).union(generations.keys).union(old.generations.keys)
        where scenes[scene] != old.scenes[scene] || (generations[scene] == nil) != (old.generations[scene] == nil) {
            differing.insert(scene)
        }
        let isSameDocument = document.isNull == old.document.isNull && document.text == old.document.text
        return isSameDocument && differing.allSatisfy({ !isOnFallback($0) }) ? differing : nil
    }

    /// Whether a scene shows the pictures stored in the document: no row has ever been in it (contract M4).
    package func isOnFallback(_ scene: Int32) -> Bool {
        scenes[scene] == nil && generations[scene] == nil
    }

    private mutating func put(_ url: ImageURL?, at place: Place, _ decision: Decision) -> Bool {
        guard decided[place].map({ $0.n < decision.n }) ?? true else { return false }
        if decided.updateValue(decision, forKey: place) == nil { size_bytes += Self.decision_bytes }
        let old = scenes[place.scene]?[place.image]
        guard old != url else { return false }
        if let old {
            revision.remove(.image(place, old))
            size_bytes -= Self.size_bytes(of: old)
        }
        if let url {
            revision.insert(.image(place, url))
            size_bytes += Self.size_bytes(of: url)
            if old != nil { overwritten += 1 }
        }
        scenes[place.scene, default: SceneImages()].set(place.image, url)
        if scenes[place.scene]?.isEmpty == true { scenes[place.scene] = nil }
        return true
    }

    private static let decision_bytes = 48

    private static func size_bytes(of url: ImageURL) -> Int {
        url.literal.count + 64
    }

    private struct Decision {
        let n: Int64
        let xid: UInt64
    }
}
