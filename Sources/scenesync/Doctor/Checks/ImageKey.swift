import Postgres

/// The unique key on an image's place, whose lock puts the changes of that place in order.
struct ImageKey: Check {
    private static let columns = "(content_creation_request_id, scene_index, image_index)"

    let subject = "image key"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        // In the words of the function examine: one of the keys has to be checked row by row.
        let rows = try await deployment.ask(
            """
            SELECT
                bool_or(index.indimmediate),
                string_agg(constrained.conname, ', DROP CONSTRAINT ')
            FROM pg_index AS index
            LEFT JOIN pg_constraint AS constrained
                ON constrained.conindid = index.indexrelid AND constrained.contype = 'u' AND constrained.condeferrable
            JOIN pg_class AS relation ON relation.oid = index.indrelid
            JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
            WHERE namespace.nspname = $1
                AND relation.relname = 'generated_images'
                AND index.indisunique
                AND index.indisvalid
                AND index.indpred IS NULL
                AND index.indnkeyatts = 3
                AND (
                    SELECT array_agg(attribute.attname::text ORDER BY attribute.attname)
                    FROM pg_attribute AS attribute
                    WHERE attribute.attrelid = relation.oid
                        AND attribute.attnum = ANY (index.indkey[0:2])
                ) = ARRAY['content_creation_request_id', 'image_index', 'scene_index']
            """, [deployment.schema])
        let table = "\(deployment.schema).generated_images"
        switch rows.bool(0, 0) {
        case true?: return [.ok("a place holds one image, by a key that is not deferrable")]
        case false?:
            let drop = rows.string(0, 1).map { "DROP CONSTRAINT \($0), " } ?? ""
            return [
                .problem(
                    "the unique key is DEFERRABLE: changes of one place can arrive in the wrong order",
                    cure: "ALTER TABLE \(table) \(drop)ADD UNIQUE \(Self.columns) NOT DEFERRABLE")
            ]
        case nil:
            return [
                .warning(
                    "there is no unique key on an image's place: two saves can take the same one",
                    cure: "ALTER TABLE \(table) ADD UNIQUE \(Self.columns), then run scenesync migrate")
            ]
        }
    }
}
