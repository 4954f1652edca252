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

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private var sum: UInt128 = 0

    package init() {}

    /// Reads a revision as it was printed; nil for any other text.
    package init?(_ text: some StringProtocol) {
        let digits = text.utf8.compactMap(Self.alphabet.firstIndex)
        guard digits.count == 22, text.utf8.count == 22, let last = digits.last, last & 15 == 0 else { return nil }
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
        String(unsafeUninitializedCapacity: 22) { buffer in
            for digit in 0..<21 {
                buffer[digit] = Self.alphabet[Int(truncatingIfNeeded: sum >> UInt128(122 - digit * 6)) & 63]
            }
            buffer[21] = Self.alphabet[Int(truncatingIfNeeded: sum << 4) & 63]
            return 22
        }
    }

    private static func hash(_ element: Element) -> UInt128 {
        var hasher = SHA256()
        switch element {
        case .document(let text):
            hasher.update(kind: "scenesync.document.1", [])
            if let text {
                hasher.update(length: text.count)
                hasher.update(bufferPointer: text)
            }
        case .image(let place, let url):
            hasher.update(kind: "scenesync.image.1", [place.scene, place.image])
            hasher.update(length: url.literal.count)
            hasher.update(data: url.literal)
        case .lostFallback(let scene):
            hasher.update(kind: "scenesync.lost.1", [scene])
        }
        return hasher.finalize().prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}

extension SHA256 {
    fileprivate mutating func update(kind: StaticString, _ numbers: [Int32]) {
        update(bufferPointer: UnsafeRawBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount + 1))
        for number in numbers {
            withUnsafeBytes(of: number.bigEndian) { update(bufferPointer: $0) }
        }
    }

    fileprivate mutating func update(length: Int) {
        withUnsafeBytes(of: UInt64(length).bigEndian) { update(bufferPointer: $0) }
    }
}
