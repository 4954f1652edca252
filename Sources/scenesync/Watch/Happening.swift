/// Something that a viewer is told of.
enum Happening: Equatable, Sendable {
    case arrived(scene: Int32?, url: String)
    case left(scene: Int32?, count: Int)
    case documentChanged
    case live(images: Int, scenes: Int)
    case stale(since: String)
    case lost(why: String, again: Duration)
    case deleted
    case expired

    var text: String {
        switch self {
        case .arrived(let scene, let url): "+ \(Self.name(scene)): \(url)"
        case .left(let scene, let count): "- \(Self.name(scene)): \(count.of("image")) gone"
        case .documentChanged: "the document changed"
        case .live(let images, let scenes): "live: \(images.of("image")) in \(scenes.of("scene"))"
        case .stale(let since): "stale: the daemon lost the database at \(since)"
        case .lost(let why, let again): "connection lost: \(why); again in \(again.brief)"
        case .deleted: "the project was deleted"
        case .expired: "the token has expired, or lost its right to read this project"
        }
    }

    /// Whether it is about the way to the data, not the data.
    var isTrouble: Bool {
        switch self {
        case .stale, .lost, .deleted, .expired: true
        case .arrived, .left, .documentChanged, .live: false
        }
    }

    private static func name(_ scene: Int32?) -> String {
        scene.map { "scene \($0)" } ?? "a scene without a number"
    }
}
