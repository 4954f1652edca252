import FoundationEssentials
import Postgres

/// The functions of `scene_sync_api`, as somebody calls them.
struct ImageAPI: Sendable {
    /// An image as they answer it.
    struct Saved: Decodable, Equatable {
        let id: String
        let project_id: String
        let scene_index: Int
        let image_index: Int
        let image_url: String
        let generation: Int64
    }

    struct Regenerated: Decodable, Equatable {
        let deleted: Int
        let generations: [String: Int64]
    }

    private struct Answer: Decodable {
        let images: [Saved]
    }

    let session: Session

    /// `images` is JSON, or short: `1/0=url 2/next=url 1/1=url@7`, the last one of generation 7.
    @discardableResult
    func save(_ images: String, in project: String = "A", replacing: Bool = false) async throws -> [Saved] {
        let rows = try await session.query(
            "SELECT scene_sync_api.\(replacing ? "upsert" : "save")_images($1::uuid, $2::jsonb)",
            [Names.id(project), Self.json(images)])
        return try JSONDecoder().decode(Answer.self, from: Data((rows.string(0, 0) ?? "").utf8)).images
    }

    /// All scenes if none are named.
    @discardableResult
    func regenerate(_ scenes: [Int]? = nil, in project: String = "A") async throws -> Regenerated {
        let list = scenes.map { "{\($0.map(String.init).joined(separator: ","))}" }
        let rows = try await session.query(
            "SELECT scene_sync_api.regenerate($1::uuid, $2::integer[])", [Names.id(project), list])
        return try JSONDecoder().decode(Regenerated.self, from: Data((rows.string(0, 0) ?? "").utf8))
    }

    func generations(_ project: String = "A") async throws -> [String: Int64] {
        let rows = try await session.query("SELECT scene_sync_api.generations($1::uuid)", [Names.id(project)])
        return try JSONDecoder().decode([String: Int64].self, from: Data((rows.string(0, 0) ?? "").utf8))
    }

    /// As `1/0=url`, in order.
    func stored(_ project: String = "A") async throws -> [String] {
        let rows = try await session.query(
            """
            SELECT scene_index || '/' || image_index || '=' || image_url FROM generated_images
            WHERE content_creation_request_id = $1::uuid ORDER BY scene_index, image_index
            """, [Names.id(project)])
        return (0..<rows.count).map { rows.string($0, 0) ?? "" }
    }

    static func json(_ images: String) -> String {
        guard images.first?.isNumber == true else { return images }
        let items = images.split(separator: " ").map { image in
            let parts = image.split(separator: "=")
            let place = parts[0].split(separator: "/")
            let url = parts[1].split(separator: "@")
            let generation = url.count > 1 ? ", \"generation\": \(url[1])" : ""
            return "{\"scene_index\": \(place[0]), \"image_index\": \(place[1] == "next" ? "\"next\"" : place[1]), "
                + "\"image_url\": \"\(url[0])\"\(generation)}"
        }
        return "[\(items.joined(separator: ", "))]"
    }
}

extension [ImageAPI.Saved] {
    /// As `1/0=url`, in the order of the answer.
    var places: [String] { map { "\($0.scene_index)/\($0.image_index)=\($0.image_url)" } }
}
