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
        maxRequests = try DaemonConfiguration.positive("max-requests", options.maxRequests, 10_000, settings)
        let standard = ConnectionRules()
        rules = ConnectionRules(
            idle_seconds: try DaemonConfiguration.positive(
                "idle-timeout", options.idleTimeout, standard.idle_seconds, settings),
            head_seconds: try DaemonConfiguration.positive(
                "header-timeout", options.headerTimeout, standard.head_seconds, settings),
            head_bytes: try DaemonConfiguration.positive(
                "max-header", options.maxHeader, standard.head_bytes, settings),
            url_bytes: try DaemonConfiguration.positive("max-url", options.maxURL, standard.url_bytes, settings),
            body_bytes: maxBody_bytes)
    }

    /// nil for none.
    private static func limit(
        _ name: String, _ flag: Int?, _ settings: Settings
    ) throws(ConfigurationError) -> Int? {
        let limit = try DaemonConfiguration.positive(name, flag, .max, settings)
        return limit == .max ? nil : limit
    }
}
