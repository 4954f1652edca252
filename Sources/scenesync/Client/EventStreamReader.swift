/// Reads `text/event-stream` as it comes, in pieces of any size (HTML, section 9.2.6).
struct EventStreamReader {
    enum Message: Equatable {
        case event(name: String, data: [UInt8])
        /// What heartbeats are.
        case comment
    }

    /// What a client that comes again names as the last that it knows.
    private(set) var lastEventID = ""
    /// How long it waits before it does.
    private(set) var retry: Duration?

    private var line: [UInt8] = []
    private var endedByReturn = false
    private var isFirstLine = true
    private var name = ""
    private var data: [UInt8]?
    private var id: String?

    /// A new connection: what the last one left unfinished counts for nothing.
    mutating func begin() {
        let (id, delay) = (lastEventID, retry)
        self = EventStreamReader()
        (lastEventID, retry) = (id, delay)
    }

    mutating func read(_ bytes: some Sequence<UInt8>) -> [Message] {
        var messages: [Message] = []
        for byte in bytes {
            let endedByReturn = endedByReturn
            self.endedByReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where endedByReturn: break
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): finishLine(&messages)
            default: line.append(byte)
            }
        }
        return messages
    }

    private mutating func finishLine(_ messages: inout [Message]) {
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard let first = line.first else { return dispatch(&messages) }
        guard first != UInt8(ascii: ":") else { return messages.append(.comment) }
        let end = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[end...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<end], as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data": data = data.map { $0 + [UInt8(ascii: "\n")] + value } ?? Array(value)
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        case "retry" where !value.isEmpty && value.allSatisfy { (48...57).contains($0) }:
            retry = Int64(String(decoding: value, as: UTF8.self)).map { .milliseconds($0) } ?? retry
        default: break
        }
    }

    private mutating func dispatch(_ messages: inout [Message]) {
        if let id { lastEventID = id }
        if let data { messages.append(.event(name: name.isEmpty ? "message" : name, data: data)) }
        (name, data, id) = ("", nil, nil)
    }
}
