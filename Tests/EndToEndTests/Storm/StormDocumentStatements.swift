/// Invents changes of documents.
enum StormDocumentStatements {
    private static let update = "UPDATE content_creation_requests SET generated_output ="

    static func next(on project: StormProject, _ random: inout StormRandom) -> [StormStatement] {
        let isPlain = project.writer != nil
        let scene = String(random.int(0...9))
        switch random.int(0...11) {
        case 0..<3:
            return [
                set(project, "ARRAY['title']", "to_jsonb($2::text)", random.pick(StormDocument.titles) + scene)
            ]
        case 3..<5:
            return [
                set(project, "ARRAY['scenes', '\(scene)', 'prompt']", "to_jsonb($2::text)", StormURLs.next(&random))
            ]
        case 5..<7:
            return [
                set(project, "ARRAY['scenes', '\(scene)', 'imageUrls']", "$2::jsonb", StormDocument.urls(&random))
            ]
        case 7:
            return [
                set(
                    project, "ARRAY['scenes']",
                    """
                    (
                        SELECT jsonb_agg(value ORDER BY place # $2::integer)
                        FROM jsonb_array_elements(generated_output -> 'scenes') WITH ORDINALITY AS scene (value, place)
                    )
                    """.replacing("place #", with: "place::integer #"), scene)
            ]
        case 8..<10: return [addOrDrop(project, &random)]
        case 10 where !isPlain: return [odd(project, &random)]
        default: return [replace(project, StormDocument.text(of: project.id, plain: isPlain, &random))]
        }
    }

    private static func set(
        _ project: StormProject, _ path: String, _ value: String, _ parameter: String
    ) -> StormStatement {
        StormStatement(
            "\(update) jsonb_set(generated_output, \(path), \(value)) WHERE id = $1", [project.id, parameter],
            .documentUpdates)
    }

    private static func replace(_ project: StormProject, _ text: String?) -> StormStatement {
        StormStatement("\(update) $2::jsonb WHERE id = $1", [project.id, text], .documentUpdates)
    }

    /// The scene of an index that many images bear leaves the document, or comes.
    private static func addOrDrop(_ project: StormProject, _ random: inout StormRandom) -> StormStatement {
        let number = random.int(9...15)
        let scene = StormDocument.scene(number, plain: true, &random)
        return StormStatement(
            """
            \(update) jsonb_set(generated_output, ARRAY['scenes'], (
                SELECT coalesce(jsonb_agg(value ORDER BY place) FILTER (WHERE NOT mine), '[]'::jsonb)
                    || CASE WHEN bool_or(mine) THEN '[]'::jsonb ELSE jsonb_build_array($3::jsonb) END
                FROM jsonb_array_elements(generated_output -> 'scenes') WITH ORDINALITY AS scene (value, place)
                CROSS JOIN LATERAL (SELECT coalesce(value -> 'index' = to_jsonb($2::integer), false)) AS own (mine)
            ))
            WHERE id = $1
            """, [project.id, String(number), scene], .documentUpdates)
    }

    private static func odd(_ project: StormProject, _ random: inout StormRandom) -> StormStatement {
        let text = random.pick([nil, "5", "[]", "{}", "{\"scenes\": {}}", "{\"scenes\": []}", "{\"scenes\": [1, {}]}"])
        return StormStatement("\(update) $2::jsonb WHERE id = $1", [project.id, text], .oddDocuments)
    }
}
