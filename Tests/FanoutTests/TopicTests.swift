import ProjectSync
import Testing

@testable import Fanout

@Suite struct TopicTests {
    @Test func `members come and go, each with its place known`() throws {
        let topic = Topic(try #require(ProjectID("11111111-1111-4111-8111-111111111111")))
        var places: [ConnectionKey: Int] = [:]
        var generator = SystemRandomNumberGenerator()

        for number in 0..<2_000 {
            if places.isEmpty || Bool.random(using: &generator) {
                let key = ConnectionKey(index: UInt32(number), generation: 1)
                places[key] = topic.join(key)
            } else if let (key, place) = places.randomElement(using: &generator) {
                places[key] = nil
                if let moved = topic.leave(place) { places[moved] = place }
            }
            #expect(topic.members.count == places.count)
        }

        for (key, place) in places { #expect(topic.members[place] == key) }
    }
}
