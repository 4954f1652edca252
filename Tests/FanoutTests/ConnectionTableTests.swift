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

    @Test func `each connection has its turn in each period, also where a turn of the reactor took seconds`() {
        let keys = (0..<100).map { ConnectionKey(index: $0, generation: 1) }
        var turns: [ConnectionKey: Int] = [:]
        var second: UInt32 = 40

        for passed: UInt32 in [1, 1, 3, 7, 1, 2] {
            second += passed
            for key in keys where key.hasTurn(every: 15, at: second, since: passed) { turns[key, default: 0] += 1 }
        }

        #expect(second == 40 + 15)
        #expect(keys.allSatisfy { turns[$0] == 1 })
        #expect(keys.allSatisfy { $0.hasTurn(every: 15, at: second, since: 40) })
    }

    @Test func `the turns are spread over the period`() {
        let keys = (0..<100).map { ConnectionKey(index: $0, generation: 1) }

        let turns = (UInt32(40)..<55).map { second in keys.count { $0.hasTurn(every: 15, at: second, since: 1) } }

        #expect(turns.count == 15 && turns.reduce(0, +) == 100)
        #expect(turns.allSatisfy { $0 == 6 || $0 == 7 }, "\(turns)")
    }

    @Test func `a key survives as epoll keeps it`() {
        let key = ConnectionKey(index: .max, generation: 3)

        #expect(ConnectionKey(key.bits) == key)
    }
}
