import FoundationEssentials
import Glibc

/// Keeps what some flags say from those who list the machine's processes: a connection string may have a password in it.
enum CommandLineVeil {
    private static let flags = ["--database-url", "--jwt-secret"]

    /// Overwrites it in the memory that the kernel shows. The arguments have been read before.
    static func draw() {
        _ = CommandLine.arguments
        // proc(5): the arguments' place is the 48th and 49th field, of which the second may contain anything.
        guard let stat = try? String(contentsOf: URL(filePath: "/proc/self/stat"), encoding: .utf8),
            let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 46,
            let start = UInt(fields[45]), let end = UInt(fields[46]), end > start,
            let memory = UnsafeMutableRawPointer(bitPattern: start)
        else { return }
        veil(UnsafeMutableRawBufferPointer(start: memory, count: Int(end - start)))
    }

    /// `memory` holds arguments, each with a zero behind it.
    static func veil(_ memory: UnsafeMutableRawBufferPointer) {
        var isSecret = false
        for range in arguments(in: memory) {
            let text = String(decoding: memory[range], as: UTF8.self)
            if isSecret { cover(memory, range) }
            isSecret = flags.contains(text)
            if let flag = flags.first(where: { text.hasPrefix($0 + "=") }) {
                cover(memory, range.dropFirst(flag.utf8.count + 1))
            }
        }
    }

    private static func arguments(in memory: UnsafeMutableRawBufferPointer) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for position in memory.indices where memory[position] == 0 {
            ranges.append(start..<position)
            start = position + 1
        }
        return ranges
    }

    private static func cover(_ memory: UnsafeMutableRawBufferPointer, _ range: Range<Int>) {
        for position in range { memory[position] = UInt8(ascii: "x") }
    }
}
