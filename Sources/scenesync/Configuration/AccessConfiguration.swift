import SyncHTTP

/// Who may do what, and from where.
struct AccessConfiguration {
    /// What tokens are checked by.
    struct Tokens {
        let secret: String?
        let keys: KeySource?
        let rules: TokenRules
        let cookie: String?
        let authorize: AuthorizationMode
        let reauthorize_seconds: Int
    }

    private static let shortestSecret_bytes = 32

    /// nil: nobody is asked for one.
    let tokens: Tokens?
    let hosts: [String]
    let origins: [Origin]
    let adminListen: ListenAddress?

    init(_ options: AccessOptions, _ settings: Settings, listen: ListenAddress) throws(ConfigurationError) {
        let mode = try settings.value("auth", options.auth, default: .none) { AuthenticationMode(rawValue: $0) }
        tokens = try Self.tokens(mode, options, settings)
        hosts = settings.strings("allowed-host", options.allowedHost)
        origins = try Self.origins(settings.strings("cors-origin", options.corsOrigin))
        adminListen = try settings.value("admin-listen", options.adminListen.map { .some($0) }, default: nil) {
            ListenAddress(argument: $0).map { .some($0) }
        }
        let isOpen = try settings.isOn("allow-anonymous", options.allowAnonymous)
        guard tokens != nil || listen.isLoopback || isOpen else {
            throw ConfigurationError(
                "--listen \(listen.text(port: listen.port)) would let everybody in: listen on a loopback address, "
                    + "ask for tokens with --auth jwt, or say --allow-anonymous if that is meant")
        }
        if let adminListen, !adminListen.isLoopback, !isOpen {
            throw ConfigurationError(
                "--admin-listen \(adminListen.text(port: adminListen.port)) would let everybody see all projects' "
                    + "activity: choose a loopback address, or say --allow-anonymous if that is meant")
        }
    }

    private static func tokens(
        _ mode: AuthenticationMode, _ options: AccessOptions, _ settings: Settings
    ) throws(ConfigurationError) -> Tokens? {
        let secret = settings.string("jwt-secret", options.jwtSecret)
        let keys = settings.string("jwks", options.jwks)
        let authorize = try settings.value("authorize", options.authorize, default: .claims) {
            AuthorizationMode(rawValue: $0)
        }
        let reauthorize = try settings.number("reauthorize", options.reauthorize, default: 60, Bounds.seconds)
        guard mode == .jwt else {
            // Whoever says so means tokens to be asked for.
            guard secret == nil, keys == nil, authorize == .claims else {
                throw ConfigurationError(
                    "--jwt-secret, --jwks and --authorize rls need --auth jwt: without it nobody is asked")
            }
            return nil
        }
        guard secret != nil || keys != nil else {
            throw ConfigurationError("--auth jwt needs --jwt-secret, --jwks, or both")
        }
        if let secret { try check(secret) }
        return Tokens(
            secret: secret, keys: keys.map { KeySource($0) },
            rules: TokenRules(
                issuer: settings.string("jwt-issuer", options.jwtIssuer),
                audience: settings.string("jwt-audience", options.jwtAudience)),
            cookie: settings.string("auth-cookie", options.authCookie), authorize: authorize,
            reauthorize_seconds: reauthorize)
    }

    private static func check(_ secret: String) throws(ConfigurationError) {
        guard !secret.contains("-----BEGIN") else {
            throw ConfigurationError("--jwt-secret is a key in PEM, which may be public: public keys come by --jwks")
        }
        guard secret.utf8.count >= shortestSecret_bytes else {
            throw ConfigurationError("--jwt-secret is too short: HS256 needs \(shortestSecret_bytes) bytes or more")
        }
    }

    private static func origins(_ texts: [String]) throws(ConfigurationError) -> [Origin] {
        var origins: [Origin] = []
        for text in texts {
            guard let origin = Origin(text) else {
                throw ConfigurationError(
                    "--cors-origin cannot be \"\(text)\": name each origin, as https://app.example or http://localhost:3000"
                )
            }
            origins.append(origin)
        }
        return origins
    }
}
