import CLinux
import Glibc

extension UnsafeRawBufferPointer {
    /// Where the first occurrence of `text` at or after `start` ends.
    func end(of text: StaticString, from start: Int = 0) -> Int? {
        guard let baseAddress, start < count else { return nil }
        let found = memmem(baseAddress + start, count - start, text.utf8Start, text.utf8CodeUnitCount)
        return found.map { UnsafeRawPointer($0) - baseAddress + text.utf8CodeUnitCount }
    }

    func starts(with text: StaticString) -> Bool {
        starts(with: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func starts(with bytes: UnsafeRawBufferPointer) -> Bool {
        guard count >= bytes.count else { return false }
        guard let baseAddress, let other = bytes.baseAddress else { return true }
        return memcmp(baseAddress, other, bytes.count) == 0
    }

    /// The digits at `start`, after spaces.
    func number(at start: Int) -> Int {
        var value = 0
        for byte in self[start...].drop(while: { $0 == UInt8(ascii: " ") }) {
            guard let digit = byte.asDigit else { break }
            value = value * 10 + digit
        }
        return value
    }
}

extension UInt8 {
    fileprivate var asDigit: Int? {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= self ? Int(self - UInt8(ascii: "0")) : nil
    }
}
