/// Reads an event stream as the HTML standard says (9.2.6), byte by byte, however the bytes are cut.
struct ServerSentEventParser {
    private(set) var lastEventID: String
    private(set) var retry_milliseconds: Int?
    private(set) var comments = 0
    private var line: [UInt8] = []
    private var hasSeenCR = false
    private var isFirstLine = true
    private var event = ""
    private var data: [String] = []
    private var id: String?

    /// A browser that connects again brings the id of before.
    init(lastEventID: String = "") {
        self.lastEventID = lastEventID
    }

    mutating func read(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let isAfterCR = hasSeenCR
            hasSeenCR = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n"), isAfterCR { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        var bytes = line[...]
        line.removeAll(keepingCapacity: true)
        if isFirstLine, bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        isFirstLine = false
        if bytes.isEmpty { return dispatch() }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            take(field: String(decoding: bytes, as: UTF8.self), value: "")
            return nil
        }
        if colon == bytes.startIndex {
            comments += 1
            return nil
        }
        var value = bytes[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        take(field: String(decoding: bytes[..<colon], as: UTF8.self), value: String(decoding: value, as: UTF8.self))
        return nil
    }

    private mutating func take(field: String, value: String) {
        switch field {
        case "event": event = value
        case "data": data.append(value)
        case "id" where !value.utf8.contains(0): id = value
        case "retry" where !value.isEmpty && value.utf8.allSatisfy({ (48...57).contains($0) }):
            retry_milliseconds = Int(value)
        default: break
        }
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer { (event, data, id) = ("", [], nil) }
        lastEventID = id ?? lastEventID
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(
            event: event.isEmpty ? "message" : event, id: id, lastEventID: lastEventID,
            data: data.joined(separator: "\n"), retry_milliseconds: retry_milliseconds)
    }
}
