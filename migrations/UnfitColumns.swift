import Postgres

/// Columns that our scripts name and the app's tables do not have, or not of that type: what they are, and the cure.
package struct UnfitColumns: Error, CustomStringConvertible {
    package let description: String

    /// Table, name and type of each column that is needed, as SQL has rows of values.
    package static let needed = """
        ('content_creation_requests', 'id', 'uuid'),
        ('content_creation_requests', 'generated_output', 'jsonb'),
        ('generated_images', 'id', 'uuid'),
        ('generated_images', 'content_creation_request_id', 'uuid'),
        ('generated_images', 'scene_index', 'integer'),
        ('generated_images', 'image_url', 'text'),
        ('generated_images', 'image_index', 'integer'),
        ('generated_images', 'created_at', 'timestamp with time zone'),
        ('generated_images', 'updated_at', 'timestamp with time zone')
        """

    /// Throws what is unfit. Of a table that is not there nothing is.
    package static func check(_ schema: String, _ session: Session) async throws {
        let unfit = try await session.query(
            """
            SELECT
                CASE
                    WHEN attribute.attname IS NULL
                    THEN format('%1$s has no column %2$I: ALTER TABLE %1$s ADD COLUMN %2$I %3$s', place.name, needed.name, needed.type)
                    ELSE format(
                        'the column %2$I of %1$s is %4$s and has to be %3$s: ALTER TABLE %1$s ALTER COLUMN %2$I TYPE %3$s USING …',
                        place.name, needed.name, needed.type, format_type(attribute.atttypid, attribute.atttypmod)
                    )
                END
            FROM (VALUES \(needed)) AS needed (relation, name, type)
            JOIN pg_namespace AS namespace ON namespace.nspname = $1
            JOIN pg_class AS relation ON relation.relnamespace = namespace.oid AND relation.relname = needed.relation
            CROSS JOIN LATERAL format('%I.%I', namespace.nspname, relation.relname) AS place (name)
            LEFT JOIN pg_attribute AS attribute
                ON attribute.attrelid = relation.oid
                AND attribute.attname = needed.name
                AND NOT attribute.attisdropped
            WHERE attribute.attname IS NULL OR attribute.atttypid <> needed.type::regtype
            """, [schema])
        guard unfit.count > 0 else { return }
        throw UnfitColumns(description: (0..<unfit.count).compactMap { unfit.string($0, 0) }.joined(separator: "; "))
    }
}
