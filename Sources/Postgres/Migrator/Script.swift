/// One file of SQL, known by its name.
package struct Script: Sendable, Equatable {
    package let name: String
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// FNV-1a of 128 bits, in hexadecimal: tells an edit from none, keeps out nobody.
    package var checksum: String {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for byte in text.utf8 {
            hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// As files come out of the binary that they are built into.
    package init(_ name: String, _ text: [UInt8]) {
        self.init(name: name, text: String(decoding: text, as: UTF8.self))
    }
}
