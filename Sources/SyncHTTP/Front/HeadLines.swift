/// The lines of a request's head, one by one, as strict as RFC 9112 has them: each ends with CR LF, no other control
/// character stands in it but a tab, and none continues the line before.
struct HeadLines {
    private let bytes: UnsafeRawBufferPointer
    /// Where the next line begins.
    private(set) var position = 0
    /// Whether what comes is no line, however much follows.
    private(set) var isBroken = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next line without its end; nil if it is not complete, or broken.
    mutating func next() -> UnsafeRawBufferPointer? {
        var end = position
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\r") {
                guard end + 1 < bytes.count else { return nil }
                guard bytes[end + 1] == UInt8(ascii: "\n") else { break }
                defer { position = end + 2 }
                return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
            }
            guard byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t") else { break }
            end += 1
        }
        isBroken = end < bytes.count
        return nil
    }

    /// A header field's name and value (RFC 9112, section 5); nil if the line is none.
    static func field(_ line: UnsafeRawBufferPointer) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)?
    {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        let name = line[..<colon]
        guard name.allSatisfy(isLetterDigitOrDash) else { return nil }
        var value = line[(colon + 1)...]
        while let first = value.first, isBlank(first) { value = value.dropFirst() }
        while let last = value.last, isBlank(last) { value = value.dropLast() }
        return (UnsafeRawBufferPointer(rebasing: name), UnsafeRawBufferPointer(rebasing: value))
    }

    /// The value of Origin, in a head that need not be whole or right otherwise.
    static func origin(in head: UnsafeRawBufferPointer) -> String? {
        var lines = HeadLines(head)
        while let line = lines.next(), !line.isEmpty {
            guard let (name, value) = field(line), name.count == 6 else { continue }
            if String(decoding: name, as: UTF8.self).lowercased() == "origin" {
                return String(decoding: value, as: UTF8.self)
            }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isLetterDigitOrDash(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
