import Testing

@testable import Fanout

struct HeadEndTests {
    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\n", "\r\n", true), ("GET / HTTP/1.1\r\nHost: x\r\n\r", "\n", true),
        ("GET / HTTP/1.1\r\nHost: x\r", "\n\r\n", true), ("GET / HTTP/1.1\r\n", "Host: x\r\n\r\nGET", true),
        ("GET / HTTP/1.1\r\nHost: x", "\r\n", false), ("GET / HTTP/1.1\r\nHost: x\r", "\n", false),
        ("GET / HTTP/1.1\r\n", "Host: x", false), ("GET / HTTP/1.1\r\nHost: x\r\n", "\r", false),
        // Such a head is refused, whatever comes.
        ("GET / HTTP/1.1\r\nHost: x", "\n", true), ("GET / HTTP/1.1\r\nHost: x\r", "y", true),
    ])
    func `a head is read anew where it may have ended, or cannot end`(before: String, more: String, isEnd: Bool) {
        #expect(HeadEnd.mayBe(in: Array((before + more).utf8), after: before.utf8.count) == isEnd)
    }
}
