import Crypto

/// What a merged project contains, as one 128-bit number: equal for equal contents on every daemon.
///
/// It is the sum, modulo 2^128, of one hash for each element, so a change costs its own size and not the
/// document's. An element's hash is SHA-256 over its kind, its numbers and its length-prefixed bytes, cut to 128 bits.
package struct Revision: Hashable, Sendable, CustomStringConvertible {
    /// One part of the contents that a revision is made of.
    package enum Element {
        /// `jsonb` text of the whole `generated_output`; nil for NULL.
        case document(UnsafeRawBufferPointer?)
        case image(Place, ImageURL)
        /// The scene's stored `imageUrls` are gone for good (contract M4).
        case lostFallback(scene: Int32)
    }

    /// How many characters a revision is printed with.
    static let length = 22

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private var sum: UInt128 = 0

    package init() {}

    /// Reads a revision as it was printed; nil for any other text.
    package init?(_ text: some StringProtocol) {
        let digits = text.utf8.compactMap(Self.alphabet.firstIndex)
        guard digits.count == Self.length, text.utf8.count == Self.length, let last = digits.last, last & 15 == 0 else {
            return nil
        }
        sum = digits.dropLast().reduce(0) { $0 << 6 | UInt128($1) } << 2 | UInt128(last >> 4)
    }

    package mutating func insert(_ element: Element) {
        sum &+= Self.hash(element)
    }

    package mutating func remove(_ element: Element) {
        sum &-= Self.hash(element)
    }

    /// 22 characters of base64url (RFC 4648, section 5), without padding.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            var writer = ByteWriter(UnsafeMutableRawBufferPointer(buffer))
            write(to: &writer)
            return writer.count
        }
    }

    func write(to writer: inout ByteWriter) {
        var rest = sum
        for _ in 0..<Self.length {
            writer.write(Self.alphabet[Int(truncatingIfNeeded: rest >> 122)])
            rest <<= 6
        }
    }

    private static func hash(_ element: Element) -> UInt128 {
        switch element {
        case .document(let text):
            hash("scenesync.document.1", [], text)
        case .image(let place, let url):
            url.literal.withUnsafeBytes { hash("scenesync.image.1", [place.scene, place.image], $0) }
        case .lostFallback(let scene):
            hash("scenesync.lost.1", [scene], nil)
        }
    }

    private static func hash(_ kind: StaticString, _ numbers: [Int32], _ bytes: UnsafeRawBufferPointer?) -> UInt128 {
        let size = kind.utf8CodeUnitCount + 1 + numbers.count * 4 + (bytes.map { $0.count + 8 } ?? 0)
        // One piece: the hasher costs as much for each piece as for a short one's hash.
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { preimage in
            var writer = ByteWriter(preimage)
            writer.write(kind)
            writer.write(0)
            for number in numbers { writer.write(bigEndian: number) }
            if let bytes {
                writer.write(bigEndian: UInt64(bytes.count))
                writer.write(bytes)
            }
            var hasher = SHA256()
            hasher.update(bufferPointer: UnsafeRawBufferPointer(preimage))
            return hasher.finalize().withUnsafeBytes { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
        }
    }
}
