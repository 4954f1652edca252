import Testing

@testable import Fanout

@Suite struct ConnectionTableTests {
    @Test func `the key of a connection that has ended names none that comes later`() {
        let table = ConnectionTable()
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

    @Test func `a connection stays where it is while others come`() {
        func change(_ connection: inout Connection?, while work: () -> Void) {
            work()
            connection?.lastActive = 9
        }
        let table = ConnectionTable()
        let first = table.add(Connection(.socket(7), now: 1))

        change(&table[first]) {
            for number in 0..<2_000 { table.add(Connection(.socket(CInt(number)), now: 1)) }
        }

        #expect(table[first]?.lastActive == 9)
        #expect(table.count == 2_001)
    }

    @Test func `a key survives as epoll keeps it`() {
        let key = ConnectionKey(index: .max, generation: 3)

        #expect(ConnectionKey(key.bits) == key)
    }
}
