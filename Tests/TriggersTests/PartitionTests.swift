import Postgres
import PostgresTestSupport
import Testing

/// The table of images has partitions.
@Suite(.database(.partitioned), .timeLimit(.minutes(5)))
struct PartitionTests {
    @Test(arguments: Feed.Way.orNone)
    func `a scene is remembered that an image has left for another partition, and no other`(_ way: Feed.Way?)
        async throws
    {
        let feed = try await Feed(by: way)
        try await feed.write("UPDATE generated_images SET image_url = image_url || '!', image_index = image_index + 5")
        let before = try await feed.memories()
        _ = try await feed.heard()

        try await feed.write("UPDATE generated_images SET scene_index = 7 WHERE image_url = 'one!'")
        let heard = try await feed.heard().map(\.summary)

        #expect(before == [])
        #expect(try await feed.memories() == ["A 1"])
        if way != nil { #expect(heard == ["update A 1 row: 7/5=one!, gone 1/5, lost 1"]) }
    }
}
