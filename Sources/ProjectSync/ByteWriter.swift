import NIOCore

/// Writes into memory that was measured before: a buffer that grows and is asked for room at every word costs more than
/// the words.
struct ByteWriter {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= memory.count - count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(_ byte: UInt8) {
        precondition(count < memory.count)
        memory[count] = byte
        count += 1
    }

    mutating func write(bigEndian number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { write($0) }
    }

    mutating func write(decimal number: Int) {
        if number < 0 { write(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            write(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        memory[start..<count].reverse()
    }
}

extension ByteBuffer {
    /// A buffer of at most `limit_bytes`, written in one go.
    init(limit_bytes: Int, _ write: (inout ByteWriter) -> Void) {
        self.init()
        writeWithUnsafeMutableBytes(minimumWritableBytes: limit_bytes) { memory in
            var writer = ByteWriter(memory)
            write(&writer)
            return writer.count
        }
    }
}
