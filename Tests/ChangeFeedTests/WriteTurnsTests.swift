import ProjectSync
import Testing

@testable import ChangeFeed

@Suite struct WriteTurnsTests {
    private func project(_ number: Int) throws -> ProjectID {
        try #require(ProjectID("00000000-0000-4000-8000-00000000000\(number)"))
    }

    @Test func `of one project one writes at a time, in the order in which they came`() throws {
        var turns = WriteTurns(limit: 8)
        let (one, other) = (try project(1), try project(2))

        #expect(turns.ask(one) == nil)
        #expect(turns.ask(other) == nil)
        let second = turns.ask(one)
        let third = turns.ask(one)

        #expect(second != nil && third != nil)
        #expect(turns.end(other) == nil)
        #expect(turns.end(one) == second)
        #expect(turns.end(one) == third)
        #expect(turns.end(one) == nil)
        #expect(turns.ask(one) == nil)
    }

    @Test func `no more projects write at a time than may, and who waits for a project lets others by`() throws {
        var turns = WriteTurns(limit: 2)
        #expect(turns.ask(try project(1)) == nil)
        #expect(turns.ask(try project(2)) == nil)
        let again = turns.ask(try project(1))
        let third = turns.ask(try project(3))

        #expect(turns.end(try project(2)) == third)
        #expect(turns.end(try project(3)) == nil)
        #expect(turns.end(try project(1)) == again)
    }

    @Test func `who leaves is passed over, unless it is its turn already`() throws {
        var turns = WriteTurns(limit: 1)
        #expect(turns.ask(try project(1)) == nil)
        let second = try #require(turns.ask(try project(1)))
        let third = try #require(turns.ask(try project(1)))

        let left = turns.leave(second)
        let next = turns.end(try project(1))
        let leftTooLate = turns.leave(third)

        #expect(left)
        #expect(next == third)
        #expect(!leftTooLate)
    }
}
