import ArgumentParser

/// The flags that say how connections are protected, and what may be spoken on them.
struct TLSOptions: ParsableArguments {
    @Option(help: "A PEM file of the server's certificate and its chain; read anew on SIGHUP.")
    var tlsCert: String?

    @Option(help: "A PEM file of the certificate's private key.")
    var tlsKey: String?

    @Flag(help: "Take HTTP/2 without TLS, as a proxy may speak it.")
    var h2c = false
}
