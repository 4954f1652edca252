import Glibc

/// Strings as C wants them: an array of pointers into one buffer, nil for NULL.
enum CStrings {
    static func withPointers<R>(
        _ strings: [String?],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> R
    ) rethrows -> R {
        var text: [UInt8] = []
        text.reserveCapacity(strings.reduce(0) { $0 + ($1?.utf8.count ?? 0) + 1 })
        var starts: [Int?] = []
        for string in strings {
            starts.append(string.map { _ in text.count })
            guard var string else { continue }
            string.withUTF8 { text.append(contentsOf: UnsafeRawBufferPointer($0)) }
            text.append(0)
        }
        return try text.withUnsafeBytes { text in
            let characters = text.assumingMemoryBound(to: CChar.self)
            let pointers = starts.map { start in start.flatMap { characters.baseAddress?.advanced(by: $0) } }
            return try pointers.withUnsafeBufferPointer { try body($0.baseAddress) }
        }
    }

    static func containsNUL(_ string: String?) -> Bool {
        guard var string else { return false }
        return string.withUTF8 { text in
            text.baseAddress.map { memchr($0, 0, text.count) != nil } ?? false
        }
    }
}
