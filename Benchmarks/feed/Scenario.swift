/// Which changes come, and what they find.
struct Scenario {
    enum Path {
        /// Payloads are read, and that is all.
        case decode
        /// Payloads are read and applied.
        case apply
        /// No change at all: the whole project is encoded, as for a subscriber who needs everything.
        case snapshot
    }

    let name: String
    let path: Path
    /// Projects in memory.
    let projects: Int
    let scenes: Int
    /// Images that each scene has.
    let images: Int
    /// Whether each project has a subscriber.
    let watched: Bool
    /// Changes that are applied together.
    let batch: Int

    init(
        _ name: String, path: Path, projects: Int = 1_000, scenes: Int = 20, images: Int = 4, watched: Bool = true,
        batch: Int = 1
    ) {
        self.name = name
        self.path = path
        self.projects = projects
        self.scenes = scenes
        self.images = images
        self.watched = watched
        self.batch = batch
    }

    /// By how much fewer changes a repetition has, for what takes long.
    var weight: Int { images > 100 ? 50 : 1 }
}
