/// One event of a daemon's stream.
struct StreamEvent: Sendable {
    let name: String
    let data: String
}

/// Reads a daemon's event stream, however its bytes are cut: lines that end in LF, data of one line.
struct StreamParser {
    private var line: [UInt8] = []
    private var name = "message"
    private var data: String?

    mutating func read(_ bytes: some Sequence<UInt8>) -> [StreamEvent] {
        var events: [StreamEvent] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func endLine() -> StreamEvent? {
        let text = String(decoding: line, as: UTF8.self)
        if text.isEmpty {
            defer { (name, data) = ("message", nil) }
            return data.map { StreamEvent(name: name, data: $0) }
        }
        if text.hasPrefix("event: ") { name = String(text.dropFirst("event: ".count)) }
        if text.hasPrefix("data: ") { data = String(text.dropFirst("data: ".count)) }
        return nil
    }
}
