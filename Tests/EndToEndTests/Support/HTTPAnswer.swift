/// What a request got.
struct HTTPAnswer: Sendable {
    let head: HTTPHead
    /// Without its chunks, otherwise as it came.
    let body: [UInt8]

    var status: Int { head.status }
    var text: String { String(decoding: body, as: UTF8.self) }
    /// All of it, as it came.
    var bytes: [UInt8] { head.bytes + body }
    var etag: String? { head["ETag"] }

    subscript(name: String) -> String? { head[name] }

    /// The text of `generated_output` in the body of `GET /v1/projects/{id}`, nothing decoded.
    func generatedOutput(of project: String) -> String? {
        let prefix = "{\"id\": \"\(project)\", \"generated_output\": "
        guard text.hasPrefix(prefix), text.hasSuffix("}") else { return nil }
        return String(text.dropFirst(prefix.count).dropLast())
    }
}
