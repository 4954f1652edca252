import Testing

@testable import SyncHTTP

@Suite struct RecentMemoryTests {
    @Test func `what is wanted again stays, and the rest goes`() {
        var memory = RecentMemory<Int, String>(most_bytes: 100)

        memory.keep("wanted", for: 0, size_bytes: 10)
        for number in 1...200 {
            memory.keep("\(number)", for: number, size_bytes: 10)
            _ = memory.find(0)
        }

        #expect(memory.find(0) == "wanted")
        #expect(memory.find(200) == "200")
        #expect((1...200).count { memory.find($0) != nil } <= 10)
    }

    @Test func `what is kept anew takes its place once`() {
        var memory = RecentMemory<Int, Int>(most_bytes: 100)

        memory.keep(1, for: 1, size_bytes: 10)
        for value in 0..<100 { memory.keep(value, for: 0, size_bytes: 10) }

        #expect(memory.find(0) == 99 && memory.find(1) == 1)
        memory.forgetAll()
        #expect(memory.find(0) == nil)
    }
}
