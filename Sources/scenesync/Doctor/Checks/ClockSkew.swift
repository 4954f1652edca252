import Glibc
import Postgres

/// The clocks of this host and of the server: delays are measured from one to the other.
struct ClockSkew: Check {
    private static let limit_seconds = 1.0

    let subject = "clocks"
    /// Seconds since 1970 on this host.
    var now: @Sendable () -> Double = Self.hostTime

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let before = now()
        let rows = try await deployment.ask("SELECT extract(epoch FROM clock_timestamp())::text")
        let after = now()
        guard let server = rows.string(0, 0).flatMap(Double.init) else { return [] }
        let skew = server - (before + after) / 2
        let doubt = (after - before) / 2
        let ahead = abs(skew)
        guard ahead - doubt > Self.limit_seconds else {
            return [.ok("this host's and the server's agree within \(Self.tenths(ahead + doubt)) s")]
        }
        return [
            .warning(
                "the server's is \(Self.tenths(ahead)) s \(skew > 0 ? "ahead of" : "behind") this host's: "
                    + "delays in the metrics are wrong by that much",
                cure: "let both hosts keep their time by NTP")
        ]
    }

    /// Rounded up, so that 0.0 is not said of what is not known.
    private static func tenths(_ seconds: Double) -> Double {
        (seconds * 10).rounded(.up) / 10
    }

    private static func hostTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
