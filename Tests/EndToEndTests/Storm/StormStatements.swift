/// Invents statements as the app's writers could have sent them.
struct StormStatements {
    let world: StormWorld
    var random: StormRandom

    /// Several that follow each other where one would not make sense.
    mutating func next(on project: StormProject) -> [StormStatement] {
        switch random.int(0...99) {
        case 0..<22: [insert(into: project)]
        case 22..<28: [insertMany(into: project)]
        case 28..<40: [upsert(into: project)]
        case 40..<44: [upsertSame(in: project)]
        case 44..<51: [updateURLs(of: project)]
        case 51..<55: [shift(in: project)]
        case 55..<61: [move(in: project)]
        case 61..<63: project.writer == nil ? [moveAway(from: project)] : [move(in: project)]
        // It fires two triggers, whose notifications may arrive apart: the state between them is nobody's.
        case 63..<65: project.writer == nil ? [moveByDeletion(in: project)] : [delete(from: project)]
        case 65..<74: [delete(from: project)]
        case 74..<78: reinsert(into: project)
        case 78..<92: StormDocumentStatements.next(on: project, &random)
        case 92..<95: [touch(project)]
        default: project.writer == nil ? renewal(of: project) : [insert(into: project)]
        }
    }

    private static let columns =
        "INSERT INTO generated_images (content_creation_request_id, scene_index, image_url, image_index)"
    private static let key = "(content_creation_request_id, scene_index, image_index)"

    private mutating func scene() -> String {
        random.chance(0.01) ? random.pick(["0", "-1", "2147483647"]) : String(random.int(1...15))
    }

    private mutating func place() -> String {
        String(random.int(0...7))
    }

    private mutating func insert(into project: StormProject) -> StormStatement {
        let url = StormURLs.next(&random)
        let parameters = [project.id, scene(), url, place()]
        let conflict = random.chance(0.85) ? " ON CONFLICT DO NOTHING" : ""
        let sql = "\(Self.columns) VALUES ($1, $2, $3, $4)\(conflict)"
        return url.utf8.count > 8_000
            ? StormStatement(sql, parameters, .longURLs) : StormStatement(sql, parameters)
    }

    private mutating func insertMany(into project: StormProject) -> StormStatement {
        let isWide = random.chance(0.2)
        let first = random.int(1...12)
        return StormStatement(
            """
            \(Self.columns)
            SELECT $1::uuid, scene, $2::text || scene || '/' || place, place
            FROM generate_series($3::integer, $4::integer) AS scene, generate_series($5::integer, $6::integer) AS place
            ON CONFLICT DO NOTHING
            """,
            [
                project.id, StormURLs.next(&random, allowingLong: false), String(first),
                String(first + random.int(0...3)), "\(random.int(0...3))", isWide ? "60" : "\(random.int(3...7))",
            ], isWide ? .wideInserts : .statements)
    }

    private mutating func upsert(into project: StormProject) -> StormStatement {
        StormStatement(
            "\(Self.columns) VALUES ($1, $2, $3, $4) ON CONFLICT \(Self.key) DO UPDATE SET image_url = EXCLUDED.image_url",
            [project.id, scene(), StormURLs.next(&random), place()], .upserts)
    }

    private mutating func upsertSame(in project: StormProject) -> StormStatement {
        StormStatement(
            """
            \(Self.columns)
            SELECT content_creation_request_id, scene_index, image_url, image_index
            FROM generated_images
            WHERE content_creation_request_id = $1 AND scene_index = $2
            ON CONFLICT \(Self.key) DO UPDATE SET image_url = EXCLUDED.image_url
            """, [project.id, scene()], .sameUpserts)
    }

    private mutating func updateURLs(of project: StormProject) -> StormStatement {
        let isWhole = random.chance(0.2)
        return StormStatement(
            """
            UPDATE generated_images SET image_url = $3::text || image_index
            WHERE content_creation_request_id = $1 AND (scene_index = $2 OR $4::boolean)
            """,
            [project.id, scene(), StormURLs.next(&random, allowingLong: false), isWhole ? "t" : "f"])
    }

    private mutating func shift(in project: StormProject) -> StormStatement {
        StormStatement(
            """
            UPDATE generated_images SET image_index = image_index # $3::integer
            WHERE content_creation_request_id = $1 AND scene_index = $2
            """, [project.id, scene(), random.pick(["64", "128", "1"])], .shifts)
    }

    private mutating func move(in project: StormProject) -> StormStatement {
        StormStatement(
            """
            UPDATE generated_images AS moved SET scene_index = $3
            WHERE moved.content_creation_request_id = $1 AND moved.scene_index = $2
                AND NOT EXISTS (
                    SELECT
                    FROM generated_images AS other
                    WHERE other.content_creation_request_id = $1 AND other.scene_index = $3
                        AND other.image_index = moved.image_index
                )
            """, [project.id, scene(), scene()], .moves)
    }

    private mutating func moveAway(from project: StormProject) -> StormStatement {
        StormStatement(
            """
            UPDATE generated_images AS moved SET content_creation_request_id = $3
            WHERE moved.content_creation_request_id = $1 AND moved.scene_index = $2
                AND EXISTS (SELECT FROM content_creation_requests WHERE id = $3)
                AND NOT EXISTS (
                    SELECT
                    FROM generated_images AS other
                    WHERE other.content_creation_request_id = $3 AND other.scene_index = $2
                        AND other.image_index = moved.image_index
                )
            """, [project.id, scene(), random.pick(world.sharedProjects).id], .projectMoves)
    }

    private mutating func moveByDeletion(in project: StormProject) -> StormStatement {
        StormStatement(
            """
            WITH gone AS (
                DELETE FROM generated_images
                WHERE content_creation_request_id = $1 AND scene_index = $2
                RETURNING image_url, image_index
            )
            \(Self.columns) SELECT $1::uuid, $3::integer, image_url, image_index FROM gone ON CONFLICT DO NOTHING
            """, [project.id, scene(), scene()], .moves)
    }

    private mutating func delete(from project: StormProject) -> StormStatement {
        random.chance(0.6)
            ? StormStatement(
                "DELETE FROM generated_images WHERE content_creation_request_id = $1 AND scene_index = $2",
                [project.id, scene()], .sceneDeletions)
            : StormStatement(
                """
                DELETE FROM generated_images
                WHERE content_creation_request_id = $1 AND (image_index > 7 OR scene_index = $2 AND image_index = $3)
                """, [project.id, scene(), place()])
    }

    private mutating func reinsert(into project: StormProject) -> [StormStatement] {
        let place = [project.id, scene(), place()]
        let row = [random.uuid()] + place + [StormURLs.next(&random, allowingLong: false)]
        let insert = """
            INSERT INTO generated_images (id, content_creation_request_id, scene_index, image_index, image_url)
            VALUES ($1, $2, $3, $4, $5)
            """
        let delete = """
            DELETE FROM generated_images
            WHERE content_creation_request_id = $1 AND scene_index = $2 AND image_index = $3
            """
        return [
            StormStatement(delete, place), StormStatement(insert, row), StormStatement(delete, place),
            StormStatement(insert, row, .reinsertions),
        ]
    }

    /// Nothing that a reader could see changes.
    private mutating func touch(_ project: StormProject) -> StormStatement {
        random.pick([
            StormStatement(
                "UPDATE generated_images SET image_url = image_url WHERE content_creation_request_id = $1", [project.id]
            ),
            StormStatement("UPDATE content_creation_requests SET status = status || 'x' WHERE id = $1", [project.id]),
            StormStatement(
                "UPDATE content_creation_requests SET generated_output = generated_output WHERE id = $1", [project.id]),
            StormStatement(
                "DELETE FROM generated_images WHERE content_creation_request_id = $1 AND scene_index = 4711",
                [project.id]),
        ])
    }

    /// The project goes, or comes, or both, or goes by another id.
    private mutating func renewal(of project: StormProject) -> [StormStatement] {
        let document = StormDocument.text(of: project.id, plain: false, &random)
        let delete = StormStatement(
            "DELETE FROM content_creation_requests WHERE id = $1", [project.id], .projectDeletions)
        let insert = StormStatement(
            """
            INSERT INTO content_creation_requests (id, generated_output) VALUES ($1, $2::jsonb)
            ON CONFLICT (id) DO NOTHING
            """, [project.id, document], .projectInsertions)
        switch random.int(0...9) {
        case 0..<2: return [delete]
        case 2..<4: return [delete, insert, self.insert(into: project)]
        case 4..<5: return [delete, insert]
        case 5..<7: return rename(project)
        default: return [insert]
        }
    }

    private mutating func rename(_ project: StormProject) -> [StormStatement] {
        guard let otherID = project.otherID else { return [] }
        return [
            StormStatement("DELETE FROM generated_images WHERE content_creation_request_id = $1", [project.id]),
            StormStatement(
                """
                UPDATE content_creation_requests SET id = $2
                WHERE id = $1 AND NOT EXISTS (SELECT FROM content_creation_requests WHERE id = $2)
                """, [project.id, otherID], .renamings),
        ]
    }
}
