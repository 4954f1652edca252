import Glibc
import ProjectSync

/// When something was heard: for differences, and as people read it.
struct Moment: Equatable, Sendable {
    /// Since the watching began.
    let elapsed: Duration
    /// The time of day, where the viewer is.
    let clock: String
    /// The same in UTC, with its date.
    let stamp: String

    static func now(since begin: ContinuousClock.Instant) -> Moment {
        let wall = WallTime.now
        var seconds = time_t(wall.seconds)
        var parts = tm()
        localtime_r(&seconds, &parts)
        let clock = String(unsafeUninitializedCapacity: 16) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress, $0.count, "%H:%M:%S", &parts) }
        }
        return Moment(elapsed: ContinuousClock.now - begin, clock: clock, stamp: wall.rfc3339)
    }
}
