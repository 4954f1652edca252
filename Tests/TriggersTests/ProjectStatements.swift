/// What can be done to projects: `Installation` says what is there.
enum ProjectStatements {
    private static let document = #"'{"title": "A", "scenes": [{"index": 1, "imageUrls": ["stored"]}, {"index": 2}]}'"#

    static let all = [
        Statement(
            "an insert", "INSERT INTO content_creation_requests (id) VALUES (@D)",
            announces: ["project_insert D 1 row: reload"]),
        Statement(
            "an insert of nothing", "INSERT INTO content_creation_requests SELECT WHERE false", announces: []),
        Statement(
            "a change of the document", "UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @A",
            announces: ["project_update A 1 row: reload"]),
        Statement(
            "a change of all documents", "UPDATE content_creation_requests SET generated_output = '[]'",
            announces: ["A", "B", "C"].map { "project_update \($0) 1 row: reload" }),
        Statement(
            "the loss of the document",
            "UPDATE content_creation_requests SET generated_output = NULL WHERE id IN (@B, @C)",
            announces: ["project_update B 1 row: reload"]),
        Statement(
            "JSON's null instead of none",
            "UPDATE content_creation_requests SET generated_output = 'null' WHERE id = @C",
            announces: ["project_update C 1 row: reload"]),
        Statement(
            "the same document in other words",
            """
            UPDATE content_creation_requests
            SET generated_output = '{"scenes": [{"imageUrls":["stored"], "index":1}, {"index":2}], "title":"A"}'
            WHERE id = @A
            """,
            announces: []),
        Statement(
            "a change of another column", "UPDATE content_creation_requests SET status = 'done'", announces: []),
        Statement(
            "a change of another column that names the document",
            "UPDATE content_creation_requests SET status = 'done', generated_output = \(document) WHERE id = @A",
            announces: []),
        Statement(
            "an update of no rows", "UPDATE content_creation_requests SET generated_output = '[]' WHERE false",
            announces: []),
        Statement(
            "a change of the id", "UPDATE content_creation_requests SET id = @D WHERE id = @C",
            announces: ["project_delete C 1 row: reload", "project_insert D 1 row: reload"], remembers: ["C ended"]),
        Statement(
            "a change of both", "UPDATE content_creation_requests SET id = @D, generated_output = '[]' WHERE id = @C",
            announces: ["project_delete C 1 row: reload", "project_insert D 1 row: reload"], remembers: ["C ended"]),
        Statement(
            "an upsert with both branches",
            """
            INSERT INTO content_creation_requests (id, generated_output) VALUES (@C, '[]'), (@D, '[]')
            ON CONFLICT (id) DO UPDATE SET generated_output = EXCLUDED.generated_output
            """,
            announces: ["project_insert D 1 row: reload", "project_update C 1 row: reload"]),
        Statement(
            "a delete", "DELETE FROM content_creation_requests WHERE id = @C",
            announces: ["project_delete C 1 row: reload"], remembers: ["C ended"]),
        Statement("a delete of no rows", "DELETE FROM content_creation_requests WHERE false", announces: []),
        Statement(
            "a truncate of both tables", "TRUNCATE content_creation_requests CASCADE",
            announces: ["project_truncate * 0 rows: reload", "truncate * 0 rows: reload"],
            remembers: ["A 1", "A 2", "A ended", "B 1", "B ended"]),
    ]
}
