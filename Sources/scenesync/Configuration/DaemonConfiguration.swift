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
        heartbeat_seconds = try settings.number("heartbeat", options.heartbeat, default: 15, Bounds.seconds)
        cache_bytes = try settings.number("cache-bytes", options.cacheBytes, default: 256 << 20, Bounds.bytes)
        history = try settings.number("history", options.history, default: 256, Bounds.count)
        auditInterval = .seconds(
            try settings.number("audit-interval", options.auditInterval, default: standard, 0.01...86_400))
        let descriptors = Self.descriptorsToSpare
        maxSubscribers = try settings.number(
            "max-subscribers", options.maxSubscribers, default: descriptors, Bounds.count)
        maxBody_bytes = try settings.number("max-body", options.maxBody, default: 16 << 20, Bounds.bytes)
        limits = try LimitConfiguration(options.limits, settings, maxBody_bytes: maxBody_bytes)
        tls = try TLSFiles.find(options.tls, settings)
        takesH2C = try settings.isOn("h2c", options.tls.h2c)
        guard tls == nil || !takesH2C else {
            throw ConfigurationError(
                "--h2c is HTTP/2 without TLS, so it does not go with --tls-cert: leave out one of them")
        }
        isReadOnly = try settings.isOn("read-only", options.readOnly)
        drainDelay = .seconds(try settings.number("drain-delay", options.drainDelay, default: 1, Bounds.patience))
        doorbell = DoorbellPolicy(
            try settings.value("doorbell", options.doorbell, default: .auto) { DoorbellPolicy.Way(rawValue: $0) },
            busyAbove: Double(try settings.number("busy-above", options.busyAbove, default: 1_000, Bounds.count)))
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
