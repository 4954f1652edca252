import RandomNumbers

/// Statements of an app that does anything, at few places, so that writers meet.
struct RandomStatement {
    private var generator: SeededGenerator
    private var count = 0
    private let writer: Int

    init(writer: Int, seed: UInt64) {
        self.writer = writer
        generator = SeededGenerator(seed: seed &* 1000 &+ UInt64(writer))
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    mutating func next() -> String {
        switch Int.random(in: 0..<16, using: &generator) {
        case 0...2: "INSERT INTO @images VALUES \(row)"
        case 3: "INSERT INTO @images VALUES \(row), \(row) ON CONFLICT DO NOTHING"
        case 4...5: "INSERT INTO @images VALUES \(row) \(key) DO UPDATE SET image_url = EXCLUDED.image_url"
        case 6: "UPDATE generated_images SET image_url = '\(url)' WHERE \(scene)"
        case 7: "UPDATE generated_images SET image_index = image_index + 3 WHERE \(scene)"
        case 8: "UPDATE generated_images SET scene_index = \(number(1...3)) WHERE \(place)"
        case 9:
            "UPDATE generated_images SET content_creation_request_id = \(project), image_url = '\(url)' WHERE \(place)"
        case 10...11: "DELETE FROM generated_images WHERE \(place)"
        case 12: "DELETE FROM generated_images WHERE \(scene)"
        case 13:
            """
            WITH taken AS (DELETE FROM generated_images WHERE \(place) RETURNING *)
            INSERT INTO @images
            SELECT content_creation_request_id, scene_index, image_index, '\(url)' FROM taken
            """
        case 14:
            """
            WITH changed AS (UPDATE generated_images SET image_url = '\(url)' WHERE \(scene))
            DELETE FROM generated_images WHERE \(place)
            """
        default:
            chance(70)
                ? "UPDATE content_creation_requests SET generated_output = '[]' WHERE id = \(project)"
                : "DELETE FROM content_creation_requests WHERE id = \(project)"
        }
    }

    private let key = "ON CONFLICT (content_creation_request_id, scene_index, image_index)"

    private var row: String {
        mutating get { "(\(project), \(number(1...3)), \(number(0...3)), '\(url)')" }
    }

    private var scene: String {
        mutating get { "content_creation_request_id = \(project) AND scene_index = \(number(1...3))" }
    }

    private var place: String {
        mutating get { "\(scene) AND image_index = \(number(0...3))" }
    }

    private var project: String {
        mutating get { chance(70) ? "@A" : "@B" }
    }

    private var url: String {
        mutating get {
            count += 1
            // Sometimes too long for a payload.
            return "\(writer).\(count)" + (chance(3) ? String(repeating: ".", count: 8000) : "")
        }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }
}
