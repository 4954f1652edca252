import Postgres

/// Scenes whose images are in the document alone. The app's own regenerate, a plain DELETE, deletes no row of theirs, so
/// nothing tells that their images are to go.
struct ImagesInDocuments: Check {
    let subject = "stored images"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let table = Installation.quoted(deployment.schema)
        let rows = try await deployment.ask(
            """
            SELECT
                count(*),
                count(DISTINCT scene.project)
            FROM (
                SELECT
                    request.id AS project,
                    CASE COALESCE(jsonb_typeof(element.scene -> 'index'), 'null')
                        WHEN 'null' THEN element.position::numeric
                        WHEN 'number' THEN (element.scene ->> 'index')::numeric
                    END AS number
                FROM \(table).content_creation_requests AS request
                CROSS JOIN LATERAL jsonb_array_elements(
                    CASE jsonb_typeof(request.generated_output -> 'scenes')
                        WHEN 'array' THEN request.generated_output -> 'scenes'
                    END
                ) WITH ORDINALITY AS element (scene, position)
                WHERE jsonb_typeof(element.scene -> 'imageUrls') = 'array'
                    AND element.scene -> 'imageUrls' <> '[]'
            ) AS scene
            WHERE NOT EXISTS (
                    SELECT
                    FROM \(table).generated_images AS image
                    WHERE image.content_creation_request_id = scene.project AND image.scene_index = scene.number
                )
                AND NOT EXISTS (
                    SELECT
                    FROM scene_sync.lost(scene.project) AS lost
                    WHERE lost.scene = scene.number
                )
            """)
        guard let scenes = rows.int64(0, 0), scenes > 0 else {
            return [.ok("no scene has its images in the document alone")]
        }
        return [
            .warning(
                "the images of \(Int(scenes).of("scene")) in \(Int(rows.int64(0, 1) ?? 0).of("project")) are in the "
                    + "document alone: a regenerate that only deletes rows leaves them",
                cure: "run scenesync backfill, which also lists those that it has to leave; or regenerate through "
                    + "the API")
        ]
    }
}
