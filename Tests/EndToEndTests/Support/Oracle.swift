import Postgres

/// The merged projects (contract M1 to M5) as PostgreSQL computes them: written from the contract, beside the daemon's
/// own `scene_sync.load`.
struct Oracle: Sendable {
    let session: Session

    /// A session of the owner.
    init(_ session: Session) {
        self.session = session
    }

    /// The text of the merged `generated_output`, `null` for SQL's NULL; nil if there is no such project.
    func generatedOutput(of project: String) async throws -> String? {
        try await generatedOutputs(of: [project])[project]
    }

    /// As of one snapshot; projects that do not exist have no entry.
    func generatedOutputs(of projects: [String]) async throws -> [String: String] {
        let rows = try await session.queryPrepared(Self.merge, ["{" + projects.joined(separator: ",") + "}"])
        var outputs: [String: String] = [:]
        for row in 0..<rows.count {
            if let id = rows.string(row, 0) { outputs[id] = rows.string(row, 1) ?? "null" }
        }
        return outputs
    }

    static let merge = """
        WITH remembered AS (
            SELECT gone.project, gone.scene
            FROM scene_sync.deletions AS gone
            WHERE gone.project = ANY ($1::uuid[])
                AND gone.scene IS NOT NULL
                AND NOT EXISTS (
                    SELECT
                    FROM scene_sync.deletions AS ended
                    WHERE ended.project = gone.project AND ended.scene IS NULL AND ended.n >= gone.n
                )
            GROUP BY gone.project, gone.scene
        ),
        saved AS (
            SELECT
                image.content_creation_request_id AS project,
                image.scene_index AS scene,
                jsonb_agg(image.image_url ORDER BY coalesce(image.image_index, 0), image.id) AS urls
            FROM generated_images AS image
            WHERE image.content_creation_request_id = ANY ($1::uuid[])
                AND image.scene_index IS NOT NULL
                AND image.image_url IS NOT NULL
            GROUP BY image.content_creation_request_id, image.scene_index
        )
        SELECT
            request.id::text,
            CASE
                WHEN jsonb_typeof(request.generated_output) <> 'object'
                    OR jsonb_typeof(request.generated_output -> 'scenes') IS DISTINCT FROM 'array'
                THEN request.generated_output
                ELSE request.generated_output || jsonb_build_object('scenes', coalesce((
                    SELECT jsonb_agg(
                        CASE
                            WHEN jsonb_typeof(scene.value) <> 'object' THEN scene.value
                            ELSE scene.value || jsonb_build_object('imageUrls', CASE
                                WHEN saved.urls IS NOT NULL THEN saved.urls
                                WHEN remembered.scene IS NOT NULL THEN '[]'::jsonb
                                WHEN jsonb_typeof(scene.value -> 'imageUrls') = 'array' THEN scene.value -> 'imageUrls'
                                ELSE '[]'::jsonb
                            END)
                        END
                        ORDER BY scene.place
                    )
                    FROM jsonb_array_elements(request.generated_output -> 'scenes') WITH ORDINALITY AS scene (value, place)
                    CROSS JOIN LATERAL (
                        SELECT CASE
                            WHEN coalesce(jsonb_typeof(scene.value -> 'index'), 'null') = 'null' THEN scene.place::numeric
                            WHEN jsonb_typeof(scene.value -> 'index') = 'number' THEN (scene.value ->> 'index')::numeric
                        END AS number
                    ) AS own
                    LEFT JOIN saved ON saved.project = request.id AND saved.scene = own.number
                    LEFT JOIN remembered ON remembered.project = request.id AND remembered.scene = own.number
                ), '[]'::jsonb))
            END::text
        FROM content_creation_requests AS request
        WHERE request.id = ANY ($1::uuid[])
        """
}
