/// Where a request's head may end, in what comes in pieces.
enum HeadEnd {
    /// Whether it is worth while to read the head anew now that `bytes` has more than its first `seen` bytes: it ends in
    /// them, or it has a line that does not end with CR and LF. Who sends it byte by byte costs what the bytes cost.
    static func mayBe(in bytes: [UInt8], after seen: Int) -> Bool {
        for position in seen..<bytes.count {
            let isLF = bytes[position] == UInt8(ascii: "\n")
            let isBehindCR = position > 0 && bytes[position - 1] == UInt8(ascii: "\r")
            if isLF != isBehindCR || isLF && position >= 2 && bytes[position - 2] == UInt8(ascii: "\n") { return true }
        }
        return false
    }
}
