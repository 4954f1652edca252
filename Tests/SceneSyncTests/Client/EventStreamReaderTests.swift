import Testing

@testable import scenesync

struct EventStreamReaderTests {
    private static let text = """
        retry: 1500
        :
        event: snapshot
        id: a1
        data: {"x":
        data: 1}

        data: plain

        event: nothing

        : heartbeat
        id: a2

        id: unfinished
        """

    private static let messages: [EventStreamReader.Message] = [
        .comment, .event(name: "snapshot", data: Array("{\"x\":\n1}".utf8)),
        .event(name: "message", data: Array("plain".utf8)), .comment,
    ]

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `events are read whatever ends their lines`(end: String) {
        var reader = EventStreamReader()

        let messages = reader.read(Self.text.replacing("\n", with: end).utf8)

        #expect(messages == Self.messages)
        #expect(reader.retry == .milliseconds(1_500))
        #expect(reader.lastEventID == "a2")
    }

    @Test func `events are read in pieces of any size`() {
        var reader = EventStreamReader()
        var messages: [EventStreamReader.Message] = []

        for byte in ("\u{FEFF}" + Self.text.replacing("\n", with: "\r\n")).utf8 { messages += reader.read([byte]) }

        #expect(messages == Self.messages)
    }

    @Test func `a new connection keeps the id and the delay, and nothing that was unfinished`() {
        var reader = EventStreamReader()
        _ = reader.read("retry: 7\nid: a\ndata: x\n\nevent: snapshot\nid: b\ndata: cut".utf8)

        reader.begin()

        #expect(reader.lastEventID == "a")
        #expect(reader.retry == .milliseconds(7))
        #expect(reader.read("data: y\n\n".utf8) == [.event(name: "message", data: Array("y".utf8))])
        #expect(reader.lastEventID == "a")
    }

    @Test(arguments: ["retry: x\n", "retry:\n", "retry: -1\n", "retry: 99999999999999999999\n"])
    func `a delay that is no number is none`(line: String) {
        var reader = EventStreamReader()

        _ = reader.read(line.utf8)

        #expect(reader.retry == nil)
    }
}
