import Postgres
import Testing

extension Stage {
    /// A request that writes images.
    func images(
        _ method: String, _ project: String, _ body: String? = nil, query: String = "", key: String? = nil,
        headers: [String: String] = [:], within limit: Duration = .seconds(30)
    ) async throws -> HTTPAnswer {
        var fields = headers
        if body != nil, fields["Content-Type"] == nil { fields["Content-Type"] = "application/json" }
        fields["Idempotency-Key"] = key
        return try await client.request(
            method, "/v1/projects/\(project)/images\(query)", fields, body: body.map { Array($0.utf8) }, within: limit)
    }

    /// How many rows the project has.
    func imageCount(_ project: String) async throws -> Int64? {
        try await write(
            "SELECT count(*) FROM generated_images WHERE content_creation_request_id = $1::uuid", project
        ).int64(0, 0)
    }

    func generations(_ project: String) async throws -> [String: Int] {
        guard case .object(let members) = try await client.get("/v1/projects/\(project)/generations").json else {
            return [:]
        }
        return Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value.int ?? -1) })
    }
}

extension HTTPAnswer {
    var json: JSONNode? { try? JSONReader.read(text) }

    /// As `1/0=url`, in the order of the answer.
    var places: [String] {
        (json?["images"]?.elements ?? []).map {
            "\($0["scene_index"]?.int ?? -1)/\($0["image_index"]?.int ?? -1)=\($0["image_url"]?.plainString ?? "?")"
        }
    }

    /// The last part of a problem's type.
    var problem: String? { json?["type"]?.plainString.map { String($0.dropFirst("/problems/".count)) } }
}
