import ArgumentParser

/// The flags by which a command finds a running daemon, and what it shows there.
struct ClientOptions: ParsableArguments {
    @Option(help: "The daemon, http[s]://HOST[:PORT][/PATH] (default http://127.0.0.1:8787).")
    var url: DaemonAddress?

    @Option(help: "A token, where the daemon wants one.")
    var token: String?

    func client(_ settings: Settings) throws(ConfigurationError) -> DaemonClient {
        let token = settings.string("token", token)
        if let token, !token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw ConfigurationError("the token has characters that no token has")
        }
        return DaemonClient(
            url: try settings.value("url", url, default: .standard) { DaemonAddress(argument: $0) }, token: token)
    }
}
