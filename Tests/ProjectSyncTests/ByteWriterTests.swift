import NIOCore
import Testing

@testable import ProjectSync

@Suite struct ByteWriterTests {
    @Test(arguments: [0, 9, 10, 1_234_567_890, -1, .max, .min])
    func `numbers are written in decimal`(number: Int) {
        let buffer = ByteBuffer(limit_bytes: 20) { $0.write(decimal: number) }

        #expect(String(buffer: buffer) == String(number))
    }

    @Test func `words follow each other and none is more than was written`() {
        let buffer = ByteBuffer(limit_bytes: 100) { writer in
            writer.write("a")
            writer.write(UInt8(ascii: "b"))
            writer.write(Array("cd".utf8))
            writer.write(bigEndian: Int32(0x6566_6768))
        }

        #expect(String(buffer: buffer) == "abcdefgh")
    }
}
