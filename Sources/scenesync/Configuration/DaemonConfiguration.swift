import ChangeFeed
import Fanout
import Glibc

/// What the daemon needs to know, from wherever it was said.
struct DaemonConfiguration {
    let databaseURL: String
    let listen: ListenAddress
    let heartbeat_seconds: Int
    let cache_bytes: Int
    let history: Int
    let auditInterval: Duration
    let maxSubscribers: Int
    let maxBody_bytes: Int
    let limits: LimitConfiguration
    let tls: TLSFiles?
    let takesH2C: Bool
    let isReadOnly: Bool
    let drainDelay: Duration
    let doorbell: DoorbellPolicy
    let access: AccessConfiguration
    let logLevel: LogLevel
    let logFormat: LogFormat

    init(
        _ options: DaemonOptions, _ settings: Settings, databaseURL: String, auditInterval standard: Double = 30
    ) throws(ConfigurationError) {
        self.databaseURL = databaseURL
        listen = try settings.value("listen", options.listen, default: .standard) { ListenAddress(argument: $0) }
        heartbeat_seconds = try Self.positive("heartbeat", options.heartbeat, 15, settings)
        cache_bytes = try Self.positive("cache-bytes", options.cacheBytes, 256 << 20, settings)
        history = try Self.positive("history", options.history, 256, settings)
        auditInterval = .seconds(
            try settings.value("audit-interval", options.auditInterval, default: standard) {
                Double($0).flatMap { DaemonOptions.auditIntervals.contains($0) ? $0 : nil }
            })
        maxSubscribers = try Self.positive("max-subscribers", options.maxSubscribers, Self.descriptorsToSpare, settings)
        maxBody_bytes = try Self.positive("max-body", options.maxBody, 16 << 20, settings)
        limits = try LimitConfiguration(options.limits, settings, maxBody_bytes: maxBody_bytes)
        tls = try TLSFiles.find(options.tls, settings)
        takesH2C = try settings.isOn("h2c", options.tls.h2c)
        guard tls == nil || !takesH2C else {
            throw ConfigurationError(
                "--h2c is HTTP/2 without TLS, so it does not go with --tls-cert: leave out one of them")
        }
        isReadOnly = try settings.isOn("read-only", options.readOnly)
        drainDelay = .seconds(try Self.count("drain-delay", options.drainDelay, 1, settings))
        doorbell = DoorbellPolicy(
            try settings.value("doorbell", options.doorbell, default: .auto) { DoorbellPolicy.Way(rawValue: $0) },
            busyAbove: Double(try Self.positive("busy-above", options.busyAbove, 1_000, settings)))
        logLevel = try settings.value("log-level", options.logLevel, default: .info) { LogLevel(rawValue: $0) }
        logFormat = try settings.value("log-format", options.logFormat, default: .text) { LogFormat(rawValue: $0) }
        access = try AccessConfiguration(options.access, settings, listen: listen)
    }

    /// What its connections may take.
    var rules: ConnectionRules {
        var rules = limits.rules
        rules.isSecure = tls != nil
        return rules
    }

    private static func count(
        _ name: String, _ flag: Int?, _ standard: Int, _ settings: Settings
    ) throws(ConfigurationError) -> Int {
        try settings.value(name, flag, default: standard) { Int($0).flatMap { $0 >= 0 ? $0 : nil } }
    }

    static func positive(
        _ name: String, _ flag: Int?, _ standard: Int, _ settings: Settings
    ) throws(ConfigurationError) -> Int {
        try settings.value(name, flag, default: standard) { Int($0).flatMap { $0 > 0 ? $0 : nil } }
    }

    /// Raises the limit of open files as far as it goes, and leaves some for everything but streams.
    private static var descriptorsToSpare: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let reserved: rlim_t = 1_024
        return Int(clamping: limit.rlim_cur > reserved * 2 ? limit.rlim_cur - reserved : max(1, limit.rlim_cur / 2))
    }
}
