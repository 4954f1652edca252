/// How the app may come to have a URL at scene 7, place 0 of project C.
enum WayToSave: String, CaseIterable, Sendable {
    case insert, insertWithAnother, upsert, update, move

    /// The URL is the parameter; gives back PostgreSQL's JSON of it.
    var sql: String {
        switch self {
        case .insert: "INSERT INTO @images VALUES (@C, 7, 0, $1) RETURNING to_json(image_url)"
        case .insertWithAnother:
            """
            WITH saved AS (INSERT INTO @images VALUES (@C, 7, 0, $1), (@C, 7, 1, 'x'))
            SELECT to_json($1::text)
            """
        case .upsert:
            """
            INSERT INTO @images VALUES (@C, 7, 0, $1)
            ON CONFLICT (content_creation_request_id, scene_index, image_index)
            DO UPDATE SET image_url = EXCLUDED.image_url RETURNING to_json(image_url)
            """
        case .update:
            """
            UPDATE generated_images SET image_url = $1 WHERE content_creation_request_id = @C
            RETURNING to_json(image_url)
            """
        case .move:
            """
            UPDATE generated_images SET image_url = $1, content_creation_request_id = @C, scene_index = 7
            WHERE scene_index = 2 RETURNING to_json(image_url)
            """
        }
    }

    /// Makes the way free again.
    var preparation: String {
        let clear = "DELETE FROM generated_images WHERE content_creation_request_id = @C;"
        return switch self {
        case .insert, .insertWithAnother: clear
        case .upsert, .update: clear + "INSERT INTO @images VALUES (@C, 7, 0, 'x')"
        case .move: clear + "INSERT INTO @images VALUES (@A, 2, 0, 'x') ON CONFLICT DO NOTHING"
        }
    }

    /// What a payload says that names every place. Where there was an image before, it tells what the scene has lost.
    func body(_ json: String, lost: Int64?) -> String {
        let lost = lost.map { #","lost":[[7,\#($0)]]"# } ?? ""
        return switch self {
        case .insert, .move: #""set":[[7,0,\#(json)]]"#
        case .insertWithAnother: #""set":[[7,0,\#(json)],[7,1,"x"]]"#
        case .upsert, .update: #""set":[[7,0,\#(json)]]\#(lost)"#
        }
    }
}
