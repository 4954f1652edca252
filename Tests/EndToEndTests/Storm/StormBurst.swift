import Postgres

/// Many small transactions on one place as fast as the server takes them, so that loads fall in between them and
/// notifications come in after loads that have seen more than they tell.
struct StormBurst {
    let world: StormWorld
    let project: StormProject
    let session: Session
    let reader: StormReader

    func run(_ random: inout StormRandom) async throws {
        let script = script(&random)
        world.history.add(project.id, "a burst begins")
        async let reads: Void = read()
        let result: Result<Void, any Error>
        do { result = .success(try await session.run(script: script)) } catch { result = .failure(error) }
        await reads
        world.history.add(project.id, "the burst has ended")
        world.counts.add(.bursts)
        try result.get()
    }

    private func read() async {
        for _ in 0..<4 { await reader.readOwn(project, in: world) }
    }

    /// What is committed leaves its state in a table, however the rest of the script fares.
    private func script(_ random: inout StormRandom) -> String {
        let (scene, place) = (random.int(1...12), random.int(0...3))
        let key = "content_creation_request_id = '\(project.id)' AND scene_index = \(scene) AND image_index = \(place)"
        return (0..<random.int(8...20)).map { number in
            let change =
                random.chance(0.25)
                ? "DELETE FROM generated_images WHERE \(key)"
                : """
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
                VALUES ('\(project.id)', \(scene), \(place), 'https://images.example/burst/\(number).png')
                ON CONFLICT (content_creation_request_id, scene_index, image_index)
                DO UPDATE SET image_url = EXCLUDED.image_url
                """
            return """
                BEGIN;
                \(change);
                INSERT INTO storm.seen (project, output, number)
                SELECT id, output, nextval('storm.number') FROM storm.merged(ARRAY['\(project.id)']::uuid[]);
                COMMIT;
                """
        }.joined(separator: "\n")
    }
}
