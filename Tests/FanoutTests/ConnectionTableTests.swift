import Testing

@testable import Fanout

@Suite struct ConnectionTableTests {
    @Test func `the key of a connection that has ended names none that comes later`() {
        var table = ConnectionTable()
        let first = table.add(Connection(.socket(7), now: 1))
        let other = table.add(Connection(.socket(8), now: 1))

        table.remove(first)
        let second = table.add(Connection(.socket(9), now: 2))

        #expect(second.index == first.index)
        #expect(table[first] == nil)
        table[first]?.lastActive = 9
        #expect(table[second]?.lastActive == 2)
        #expect(table.remove(first) == nil)
        #expect(table.count == 2)
        #expect(Set(table.keys) == [second, other])
    }

    @Test func `a key survives as epoll keeps it`() {
        let key = ConnectionKey(index: .max, generation: 3)

        #expect(ConnectionKey(key.bits) == key)
    }
}
