import Testing

/// A statement of a writer's, `$1` being the project, and the events that it has to make.
struct StreamStatement: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var document = Stage.document(scenes: 3)
    var before: [String] = []
    let sql: String
    let events: [String]

    private static func insert(_ rows: String...) -> String {
        let values = rows.map { "($1::uuid, \($0))" }.joined(separator: ", ")
        return
            "INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url) VALUES \(values)"
    }

    private static let ours = "WHERE content_creation_request_id = $1::uuid"
    private static let upsert =
        " ON CONFLICT (content_creation_request_id, scene_index, image_index) DO UPDATE SET image_url = EXCLUDED.image_url"

    static let all: [StreamStatement] = [
        StreamStatement(testDescription: "an insert", sql: insert("2, 0, 'a'"), events: [#"scene 2 [1] ["a"] id"#]),
        StreamStatement(
            testDescription: "an insert of several rows", sql: insert("3, 0, 'c'", "1, 1, 'b'", "1, 0, 'a'"),
            events: [#"scene 1 [0] ["a", "b"]"#, #"scene 3 [2] ["c"] id"#]),
        StreamStatement(
            testDescription: "an update", before: [insert("1, 0, 'a'", "1, 1, 'b'")],
            sql: "UPDATE generated_images SET image_url = 'new' \(ours) AND image_index = 0",
            events: [#"scene 1 [0] ["new", "b"] id"#]),
        StreamStatement(
            testDescription: "a delete of one", before: [insert("1, 0, 'a'", "1, 1, 'b'")],
            sql: "DELETE FROM generated_images \(ours) AND image_index = 0", events: [#"scene 1 [0] ["b"] id"#]),
        StreamStatement(
            testDescription: "a delete of the last, whose stored pictures stay away",
            document: #"{"scenes": [{"imageUrls": ["stored"]}]}"#, before: [insert("1, 0, 'a'")],
            sql: "DELETE FROM generated_images \(ours)", events: ["scene 1 [0] [] id"]),
        StreamStatement(
            testDescription: "a move to another scene", before: [insert("1, 0, 'a'", "2, 0, 'b'")],
            sql: "UPDATE generated_images SET scene_index = 2, image_index = 5 \(ours) AND scene_index = 1",
            events: ["scene 1 [0] []", #"scene 2 [1] ["b", "a"] id"#]),
        StreamStatement(
            testDescription: "a move to another place", before: [insert("1, 0, 'a'", "1, 1, 'b'")],
            sql: "UPDATE generated_images SET image_index = 9 \(ours) AND image_index = 0",
            events: [#"scene 1 [0] ["b", "a"] id"#]),
        StreamStatement(
            testDescription: "an upsert with the same URL", before: [insert("1, 0, 'a'")],
            sql: insert("1, 0, 'a'") + upsert, events: []),
        StreamStatement(
            testDescription: "an upsert with another URL", before: [insert("1, 0, 'a'")],
            sql: insert("1, 0, 'b'", "2, 0, 'c'") + upsert,
            events: [#"scene 1 [0] ["b"]"#, #"scene 2 [1] ["c"] id"#]),
        StreamStatement(
            testDescription: "an upsert that does nothing", before: [insert("1, 0, 'a'")],
            sql: insert("1, 0, 'b'") + " ON CONFLICT DO NOTHING", events: []),
        StreamStatement(
            testDescription: "the document", before: [insert("1, 0, 'a'")],
            sql: "UPDATE content_creation_requests SET generated_output = '{\"scenes\": [{}, {}]}' WHERE id = $1::uuid",
            events: ["snapshot id"]),
        StreamStatement(
            testDescription: "the document that is emptied",
            sql: "UPDATE content_creation_requests SET generated_output = NULL WHERE id = $1::uuid",
            events: ["snapshot id"]),
        StreamStatement(
            testDescription: "the same document again",
            sql: "UPDATE content_creation_requests SET generated_output = generated_output WHERE id = $1::uuid",
            events: []),
        StreamStatement(
            testDescription: "another column of the project's",
            sql: "UPDATE content_creation_requests SET title = 'x', status = 'y' WHERE id = $1::uuid", events: []),
        StreamStatement(
            testDescription: "a scene that is not in the document", sql: insert("99, 0, 'x'", "-1, 0, 'y'"),
            events: [#"scene -1 [] ["y"]"#, #"scene 99 [] ["x"] id"#]),
        StreamStatement(
            testDescription: "scenes that share an index",
            document: #"{"scenes": [{"index": 2}, {}, "x", {"index": 2.0}]}"#,
            sql: insert("2, 0, 'a'"), events: [#"scene 2 [0, 1, 3] ["a"] id"#]),
        StreamStatement(
            testDescription: "ten scenes at once: the last alone has an id", document: Stage.document(scenes: 10),
            sql: """
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
                SELECT $1::uuid, scene, 'u' || scene FROM generate_series(10, 1, -1) AS scene
                """,
            events: (1...10).map { "scene \($0) [\($0 - 1)] [\"u\($0)\"]" + ($0 == 10 ? " id" : "") }),
        StreamStatement(
            testDescription: "nothing", sql: "UPDATE generated_images SET image_url = 'x' \(ours)", events: []),
    ]
}
