/// What the cache had otherwise than the database, although nothing had been announced.
package struct Divergence: Equatable, Sendable {
    package let project: ProjectID
    /// Whether the database has no such project.
    package let isGone: Bool
    package let isOtherDocument: Bool
    /// The places whose image is another one, or in one of both only.
    package let places: [Place]
    /// The scenes that have lost their fallback in one of both only.
    package let scenes: [Int32]

    init(_ cached: Project, _ stored: Project?) {
        project = cached.id
        isGone = stored == nil
        isOtherDocument =
            stored.map { $0.document.isNull != cached.document.isNull || $0.document.text != cached.document.text }
            ?? false
        let numbers = Set(cached.scenes.keys).union(stored?.scenes.keys.map { $0 } ?? [])
        places = numbers.sorted().flatMap { scene in
            Self.places(cached.scenes[scene], stored?.scenes[scene]).map { Place(scene: scene, image: $0) }
        }
        scenes =
            stored.map { stored in
                Set(cached.generations.keys).symmetricDifference(stored.generations.keys).sorted()
            } ?? []
    }

    /// For the log: places, but nothing of what is at them.
    package var description: String {
        if isGone { return "the project is gone" }
        let named = places.prefix(10).map { "scene \($0.scene) image \($0.image)" }
        let more = places.count > 10 ? ["and \(places.count - 10) more"] : []
        let fallbacks = scenes.prefix(10).map { "the fallback of scene \($0)" }
        return ((isOtherDocument ? ["the document"] : []) + named + more + fallbacks).joined(separator: ", ")
    }

    private static func places(_ cached: SceneImages?, _ stored: SceneImages?) -> [Int32] {
        let (cached, stored) = (cached?.entries ?? [], stored?.entries ?? [])
        if cached == stored { return [] }
        let (here, there) = (Dictionary(grouping: cached, by: \.image), Dictionary(grouping: stored, by: \.image))
        return Set(here.keys).union(there.keys).filter { here[$0] != there[$0] }.sorted()
    }
}
