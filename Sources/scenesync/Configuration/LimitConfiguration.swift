import Fanout

/// What clients may take, from wherever it was said.
struct LimitConfiguration {
    let quota: SubscriberQuota.Limits
    let proxies: TrustedProxies
    let maxRequests: Int
    let rules: ConnectionRules

    init(_ options: LimitOptions, _ settings: Settings, maxBody_bytes: Int) throws(ConfigurationError) {
        quota = SubscriberQuota.Limits(
            perAddress: try Self.limit("max-subscribers-per-address", options.maxSubscribersPerAddress, settings),
            perSubject: try Self.limit("max-subscribers-per-subject", options.maxSubscribersPerSubject, settings))
        proxies = TrustedProxies(try settings.list("trusted-proxy", options.trustedProxy) { AddressRange($0) })
        maxRequests = try settings.number("max-requests", options.maxRequests, default: 10_000, Bounds.count)
        let standard = ConnectionRules()
        rules = ConnectionRules(
            idle_seconds: try settings.number(
                "idle-timeout", options.idleTimeout, default: standard.idle_seconds, Bounds.seconds),
            head_seconds: try settings.number(
                "header-timeout", options.headerTimeout, default: standard.head_seconds, Bounds.seconds),
            head_bytes: try settings.number(
                "max-header", options.maxHeader, default: standard.head_bytes, Bounds.bytes),
            url_bytes: try settings.number("max-url", options.maxURL, default: standard.url_bytes, Bounds.bytes),
            body_bytes: maxBody_bytes)
    }

    /// nil for none.
    private static func limit(
        _ name: String, _ flag: Int?, _ settings: Settings
    ) throws(ConfigurationError) -> Int? {
        guard flag != nil || settings.string(name, nil) != nil else { return nil }
        return try settings.number(name, flag, default: 1, Bounds.count)
    }
}
