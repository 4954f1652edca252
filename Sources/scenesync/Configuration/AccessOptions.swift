import ArgumentParser

/// The flags of `serve` that say who may do what, and from where.
struct AccessOptions: ParsableArguments {
    @Option(help: "How clients are known: none, or jwt for tokens (default none).")
    var auth: AuthenticationMode?

    @Flag(help: "Serve everybody who reaches an address that is not loopback.")
    var allowAnonymous = false

    @Option(
        help: "The secret of tokens signed with HS256, 32 bytes at least; better said by SCENESYNC_JWT_SECRET, unseen.")
    var jwtSecret: String?

    @Option(help: "A file or address of the issuer's JSON Web Key Set, for tokens signed with RS256, ES256 or EdDSA.")
    var jwks: String?

    @Option(help: "What a token's iss has to be.")
    var jwtIssuer: String?

    @Option(help: "What a token's aud has to have.")
    var jwtAudience: String?

    @Option(help: "The name of a cookie that may bear a token.")
    var authCookie: String?

    @Option(help: "Who tells what a token allows: its claims, or rls, the database's row security (default claims).")
    var authorize: AuthorizationMode?

    @Option(help: "Seconds after which a right is looked at again (default 60).")
    var reauthorize: Int?

    @Option(help: "A name, besides localhost, that this server is called by on loopback; may be repeated.")
    var allowedHost: [String] = []

    @Option(help: "An origin whose pages may use this server from a browser, as https://app.example; may be repeated.")
    var corsOrigin: [String] = []

    @Option(help: "An address of its own, HOST:PORT, for metrics, monitor and explain, without a token.")
    var adminListen: ListenAddress?
}

/// How clients are known.
enum AuthenticationMode: String, ExpressibleByArgument {
    case none
    case jwt
}

/// Who tells what a token allows.
enum AuthorizationMode: String, ExpressibleByArgument {
    case claims
    case rls
}
