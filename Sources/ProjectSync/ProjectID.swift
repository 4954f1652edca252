/// The id of a project: a UUID, 8-4-4-4-12 hexadecimal digits in any case, printed in lower case.
package struct ProjectID: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let id = text.withUTF8({ ProjectID(ascii: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = id
    }

    package init?(ascii bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 36 else { return nil }
        var digits: UInt128 = 0
        for (position, byte) in bytes.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = HexDigit.value(of: byte) else { return nil }
                digits = digits << 4 | UInt128(digit)
            }
        }
        high = UInt64(truncatingIfNeeded: digits >> 64)
        low = UInt64(truncatingIfNeeded: digits)
    }

    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var writer = ByteWriter(UnsafeMutableRawBufferPointer(buffer))
            write(to: &writer)
            return writer.count
        }
    }

    func write(to writer: inout ByteWriter) {
        var rest = UInt128(high) << 64 | UInt128(low)
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { writer.write(UInt8(ascii: "-")) }
            let digit = UInt8(truncatingIfNeeded: rest >> 124)
            writer.write(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            rest <<= 4
        }
    }
}
