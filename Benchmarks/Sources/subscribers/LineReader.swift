/// Puts lines together from pieces that end anywhere.
struct LineReader {
    private var begun: [UInt8] = []

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while let end = bytes.end(of: "\n", from: start) {
            let line = bytes[start..<end - 1]
            if begun.isEmpty {
                take(UnsafeRawBufferPointer(rebasing: line))
            } else {
                begun.append(contentsOf: line)
                begun.withUnsafeBytes(take)
                begun.removeAll(keepingCapacity: true)
            }
            start = end
        }
        begun.append(contentsOf: bytes[start...])
    }
}
