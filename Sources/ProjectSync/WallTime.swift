import Glibc

/// A moment of the wall clock, as answers, events and logs print it. The cache itself never reads a clock.
package struct WallTime: Sendable {
    /// Since 1970, without leap seconds.
    package let seconds: Int
    private let nanoseconds: Int

    package static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    package var microseconds: Int64 {
        Int64(seconds) * 1_000_000 + Int64(nanoseconds / 1_000)
    }

    /// RFC 3339, to the millisecond, in UTC.
    package var rfc3339: String {
        let milliseconds = String(nanoseconds / 1_000_000 + 1_000).dropFirst()
        return format("%Y-%m-%dT%H:%M:%S") + ".\(milliseconds)Z"
    }

    /// IMF-fixdate (RFC 9110, 5.6.7).
    package var imfFixdate: String {
        format("%a, %d %b %Y %H:%M:%S GMT")
    }

    private func format(_ pattern: String) -> String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: 64) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress, $0.count, pattern, &parts) }
        }
    }
}
