import Glibc

/// A moment of the wall clock, as answers, events and logs print it. The cache itself never reads a clock.
package struct WallTime: Sendable {
    /// Since 1970, without leap seconds.
    package let seconds: Int
    fileprivate let nanoseconds: Int

    package static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    /// Since 1970.
    package init(microseconds: Int64) {
        let (seconds, rest) = Int(microseconds).quotientAndRemainder(dividingBy: 1_000_000)
        self.init(seconds: seconds, nanoseconds: rest * 1_000)
    }

    /// Since 1970.
    package var microseconds: Int64 { Int64(seconds) * 1_000_000 + Int64(nanoseconds / 1_000) }

    fileprivate init(seconds: Int, nanoseconds: Int) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
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

/// One moment by two clocks, to tell times of the one by the other.
package struct WallClock: Sendable {
    private let instant = ContinuousClock.now
    package let now = WallTime.now

    package init() {}

    package func time(of instant: ContinuousClock.Instant) -> WallTime {
        let nanoseconds =
            now.seconds * 1_000_000_000 + now.nanoseconds - Int((self.instant - instant) / .nanoseconds(1))
        return WallTime(seconds: nanoseconds / 1_000_000_000, nanoseconds: nanoseconds % 1_000_000_000)
    }
}
