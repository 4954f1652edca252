import HTTPTypes
import ProjectSync

/// Answers `GET /v1/explain`: what has happened to an image, what is cached of it, and what the database has.
struct ExplainDesk {
    let cache: ProjectCache

    func reply(to query: Query) async throws(Problem) -> Reply {
        let (project, place) = try question(query)
        // First what is known: to ask the database would mend what may be wrong with it.
        let known = cache.explain(project, place)
        switch await cache.read(project, fresh: true) {
        case .unknown:
            throw .unknownProject(project.description)
        case .found:
            let loaded = cache.explain(project, place)
            return Self.reply(ExplainText(known, database: loaded.cached.map { .has($0.image) } ?? .notKept))
        case .unavailable(let reason):
            return Self.reply(ExplainText(known, database: .unavailable(reason)))
        }
    }

    private func question(_ query: Query) throws(Problem) -> (ProjectID, Place) {
        guard let project = query["project"].flatMap({ ProjectID($0) }) else {
            throw .badRequest(
                "project is a UUID, 8-4-4-4-12 hexadecimal digits: ?project=…&scene_index=1&image_index=0.")
        }
        guard let scene = query["scene_index"].flatMap({ Int32($0) }) else {
            throw .badSceneIndex(query["scene_index"] ?? "nothing")
        }
        if let shown = query["shown_at"] {
            guard let number = Int32(shown), number >= 0 else {
                throw .badRequest(
                    "shown_at counts the images that the scene shows, from 0; it is not \(shown.prefix(40)).")
            }
            return (project, cache.place(shownAt: number, scene: scene, of: project))
        }
        let text = query["image_index"] ?? "0"
        guard let image = Int32(text) else {
            throw .badRequest("image_index is a 32-bit integer, not \(text.prefix(40)).")
        }
        return (project, Place(scene: scene, image: image))
    }

    private static func reply(_ text: ExplainText) -> Reply {
        .json(text.document.text)
    }
}
