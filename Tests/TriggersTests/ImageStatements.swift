/// What can be done to images: `Installation` says what is there.
enum ImageStatements {
    static let all = inserts + updates + deletes + mixtures

    private static let inserts = [
        Statement(
            "an insert of one", "INSERT INTO @images VALUES (@A, 3, 0, 'new')",
            announces: ["insert A 1 row: 3/0=new"]),
        Statement(
            "an insert without a place",
            "INSERT INTO generated_images (content_creation_request_id, scene_index, image_url) VALUES (@A, 3, 'new')",
            announces: ["insert A 1 row: 3/0=new"]),
        Statement(
            "an insert at the ends of the numbers",
            "INSERT INTO @images VALUES (@A, -2147483648, 2147483647, 'x'), (@A, 2147483647, -2147483648, 'y')",
            announces: ["insert A 2 rows: -2147483648/2147483647=x 2147483647/-2147483648=y"]),
        Statement(
            "an insert of several", "INSERT INTO @images VALUES (@A, 3, 0, 'x'), (@A, 3, 1, 'y'), (@A, 4, 0, 'z')",
            announces: ["insert A 3 rows: 3/0=x 3/1=y 4/0=z"]),
        Statement(
            "an insert into several projects",
            "INSERT INTO @images VALUES (@A, 3, 0, 'x'), (@B, 3, 0, 'y'), (@A, 4, 0, 'z')",
            announces: ["insert A 2 rows: 3/0=x 4/0=z", "insert B 1 row: 3/0=y"]),
        Statement(
            "an insert of what another project has",
            """
            INSERT INTO @images
            SELECT @C, scene_index, image_index, image_url FROM generated_images WHERE content_creation_request_id = @A
            """,
            announces: ["insert C 3 rows: 1/0=one 1/1=two 2/0=three"]),
        Statement("an insert of nothing", "INSERT INTO @images SELECT @A, 3, 0, 'x' WHERE false", announces: []),
    ]

    private static let updates = [
        Statement(
            "an update of a URL", "UPDATE generated_images SET image_url = 'new' WHERE image_url = 'one'",
            announces: ["update A 1 row: 1/0=new"]),
        Statement(
            "an update of all URLs", "UPDATE generated_images SET image_url = 'new'",
            announces: ["update A 3 rows: 1/0=new 1/1=new 2/0=new", "update B 1 row: 1/0=new"]),
        Statement(
            "an update that changes nothing", "UPDATE generated_images SET image_url = image_url",
            announces: ["update A 3 rows: 1/0=one 1/1=two 2/0=three", "update B 1 row: 1/0=four"]),
        Statement(
            "an update that changes one of two",
            "UPDATE generated_images SET image_url = 'one' WHERE content_creation_request_id = @A AND scene_index = 1",
            announces: ["update A 2 rows: 1/0=one 1/1=one"]),
        Statement(
            "an update of places", "UPDATE generated_images SET image_index = image_index + 10 WHERE scene_index = 1",
            announces: ["update A 2 rows: 1/10=one 1/11=two, gone 1/0 1/1", "update B 1 row: 1/10=four, gone 1/0"]),
        Statement(
            "an update of one place", "UPDATE generated_images SET image_index = 5 WHERE image_url = 'three'",
            announces: ["update A 1 row: 2/5=three, gone 2/0"]),
        Statement(
            "an update of one place and its URL",
            "UPDATE generated_images SET image_index = 5, image_url = 'new' WHERE image_url = 'three'",
            announces: ["update A 1 row: 2/5=new, gone 2/0"]),
        Statement(
            "an update to places that others leave",
            "UPDATE generated_images SET image_index = image_index - 1 WHERE content_creation_request_id = @A",
            announces: ["update A 3 rows: 1/-1=one 1/0=two 2/-1=three, gone 1/1 2/0"]),
        Statement(
            "a move to another scene", "UPDATE generated_images SET scene_index = 5 WHERE image_url = 'three'",
            announces: ["update A 1 row: 5/0=three, gone 2/0, lost 2"], remembers: ["A 2"]),
        Statement(
            "a move of one of two", "UPDATE generated_images SET scene_index = 2 WHERE image_url = 'two'",
            announces: ["update A 1 row: 2/1=two, gone 1/1, lost 1"], remembers: ["A 1"]),
        Statement(
            "a move of all scenes", "UPDATE generated_images SET scene_index = scene_index + 10",
            announces: [
                "update A 3 rows: 11/0=one 11/1=two 12/0=three, gone 1/0 1/1 2/0, lost 1 2",
                "update B 1 row: 11/0=four, gone 1/0, lost 1",
            ],
            remembers: ["A 1", "A 2", "B 1"]),
        Statement(
            "a move to another project",
            "UPDATE generated_images SET content_creation_request_id = @B, image_url = 'new' WHERE image_url = 'three'",
            announces: ["update A 0 rows: gone 2/0, lost 2", "update B 1 row: 2/0=new"], remembers: ["A 2"]),
        Statement("an update of no rows", "UPDATE generated_images SET image_url = 'x' WHERE false", announces: []),
    ]

    private static let deletes = [
        Statement(
            "a delete of one", "DELETE FROM generated_images WHERE image_url = 'two'",
            announces: ["delete A 1 row: gone 1/1, lost 1"], remembers: ["A 1"]),
        Statement(
            "a delete of all", "DELETE FROM generated_images",
            announces: ["delete A 3 rows: gone 1/0 1/1 2/0, lost 1 2", "delete B 1 row: gone 1/0, lost 1"],
            remembers: ["A 1", "A 2", "B 1"]),
        Statement("a delete of no rows", "DELETE FROM generated_images WHERE false", announces: []),
        Statement(
            "a truncate", "TRUNCATE generated_images",
            announces: ["truncate * 0 rows: reload"], remembers: ["A 1", "A 2", "B 1"]),
        Statement(
            "the cascade of a project", "DELETE FROM content_creation_requests WHERE id = @A",
            announces: ["delete A 3 rows: gone 1/0 1/1 2/0", "project_delete A 1 row: reload"],
            remembers: ["A ended"]),
        Statement(
            "the cascades of two projects", "DELETE FROM content_creation_requests WHERE id IN (@A, @B)",
            announces: [
                "delete A 3 rows: gone 1/0 1/1 2/0", "delete B 1 row: gone 1/0",
                "project_delete A 1 row: reload", "project_delete B 1 row: reload",
            ],
            remembers: ["A ended", "B ended"]),
    ]

    private static let key = "ON CONFLICT (content_creation_request_id, scene_index, image_index)"

    private static let mixtures = [
        Statement(
            "an upsert with both branches",
            """
            INSERT INTO @images VALUES (@A, 1, 0, 'x'), (@A, 3, 0, 'y'), (@B, 1, 0, 'z')
            \(key) DO UPDATE SET image_url = EXCLUDED.image_url
            """,
            announces: ["insert A 1 row: 3/0=y", "update A 1 row: 1/0=x", "update B 1 row: 1/0=z"]),
        Statement(
            "an upsert of what is there",
            "INSERT INTO @images VALUES (@A, 1, 0, 'one') \(key) DO UPDATE SET image_url = EXCLUDED.image_url",
            announces: ["update A 1 row: 1/0=one"]),
        Statement(
            "an upsert that does nothing", "INSERT INTO @images VALUES (@A, 1, 0, 'x') \(key) DO NOTHING",
            announces: []),
        Statement(
            "an upsert that does nothing once",
            "INSERT INTO @images VALUES (@A, 1, 0, 'x'), (@A, 3, 0, 'y') \(key) DO NOTHING",
            announces: ["insert A 1 row: 3/0=y"]),
        Statement(
            "a query that deletes and inserts elsewhere",
            """
            WITH taken AS (DELETE FROM generated_images WHERE image_url = 'three' RETURNING *)
            INSERT INTO @images SELECT @B, 7, image_index, image_url FROM taken
            """,
            announces: ["delete A 1 row: gone 2/0, lost 2", "insert B 1 row: 7/0=three"], remembers: ["A 2"]),
        Statement(
            "a query that deletes and inserts at the same place",
            """
            WITH taken AS (DELETE FROM generated_images WHERE image_url = 'three' RETURNING *)
            INSERT INTO @images SELECT content_creation_request_id, scene_index, image_index, 'new' FROM taken
            """,
            announces: ["delete A 1 row: 2/0=new, lost 2", "insert A 1 row: 2/0=new"], remembers: ["A 2"]),
        Statement(
            "a query of two inserts",
            "WITH x AS (INSERT INTO @images VALUES (@A, 3, 0, 'x')) INSERT INTO @images VALUES (@A, 4, 0, 'y')",
            announces: ["insert A 2 rows: 3/0=x 4/0=y"]),
        Statement(
            "a query that updates and deletes",
            """
            WITH x AS (UPDATE generated_images SET image_url = 'new' WHERE image_url = 'one')
            DELETE FROM generated_images WHERE image_url = 'two'
            """,
            announces: ["delete A 1 row: gone 1/1, lost 1", "update A 1 row: 1/0=new, lost 1"], remembers: ["A 1"]),
    ]
}
