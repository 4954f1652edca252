import Testing

/// A statement of the app's, what it announces and what is remembered of it.
struct Statement: Sendable, CustomTestStringConvertible {
    let title: String
    let sql: String
    let announces: [String]
    let remembers: [String]

    init(_ title: String, _ sql: String, announces: [String], remembers: [String] = []) {
        self.title = title
        self.sql = sql
        self.announces = announces
        self.remembers = remembers
    }

    var testDescription: String { title }

    /// One for each trigger of ours that announces.
    static let ofEachKind = [
        Statement("an insert", "INSERT INTO @images VALUES (@A, 3, 1, 'new')", announces: ["insert A 1 row: 3/1=new"]),
        Statement(
            "an update", "UPDATE generated_images SET image_url = 'new' WHERE image_url = 'one'",
            announces: ["update A 1 row: 1/0=new"]),
        Statement(
            "a move", "UPDATE generated_images SET scene_index = 5 WHERE image_url = 'one'",
            announces: ["update A 1 row: 5/0=one, gone 1/0, lost 1"], remembers: ["A 1"]),
        Statement(
            "a delete", "DELETE FROM generated_images WHERE image_url = 'one'",
            announces: ["delete A 1 row: gone 1/0, lost 1"], remembers: ["A 1"]),
        Statement(
            "a truncate", "TRUNCATE generated_images",
            announces: ["truncate * 0 rows: reload"], remembers: ["A 1", "A 2", "B 1"]),
        Statement(
            "a new project", "INSERT INTO content_creation_requests (id) VALUES (@D)",
            announces: ["project_insert D 1 row: reload"]),
        Statement(
            "a new document", "UPDATE content_creation_requests SET generated_output = '{}' WHERE id = @C",
            announces: ["project_update C 1 row: reload"]),
        Statement(
            "a project's end", "DELETE FROM content_creation_requests WHERE id = @C",
            announces: ["project_delete C 1 row: reload"], remembers: ["C ended"]),
        Statement(
            "the end of all projects", "TRUNCATE content_creation_requests CASCADE",
            announces: ["project_truncate * 0 rows: reload", "truncate * 0 rows: reload"],
            remembers: ["A 1", "A 2", "A ended", "B 1", "B ended"]),
    ]
}
