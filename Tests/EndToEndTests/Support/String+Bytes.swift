import Glibc

extension String {
    /// Swift's `==` takes é for e with an accent; readers of bytes do not.
    func hasSameBytes(as other: String) -> Bool {
        var (mine, other) = (self, other)
        return mine.withUTF8 { mine in
            other.withUTF8 { other in
                guard let mine = mine.baseAddress, let theirs = other.baseAddress else { return other.isEmpty }
                return self.utf8.count == other.count && memcmp(mine, theirs, other.count) == 0
            }
        }
    }

    /// Of the bytes, for the same reason.
    var hashOfBytes: Int {
        var hasher = Hasher()
        var mine = self
        mine.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return hasher.finalize()
    }
}
