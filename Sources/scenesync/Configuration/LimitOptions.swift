import ArgumentParser
import Fanout

/// The flags that bound what clients may take.
struct LimitOptions: ParsableArguments {
    @Option(help: "The most event streams of one client address at one time (default: no limit of its own).")
    var maxSubscribersPerAddress: Int?

    @Option(help: "The most event streams of one token's subject at one time (default: no limit of its own).")
    var maxSubscribersPerSubject: Int?

    @Option(
        parsing: .singleValue,
        help: "A proxy whose X-Forwarded-For is believed, an address or a range such as 10.0.0.0/8; may be repeated.")
    var trustedProxy: [AddressRange] = []

    @Option(help: "The most requests that wait for something at one time (default 10000).")
    var maxRequests: Int?

    @Option(help: "The most bytes of a request's head (default 16384).")
    var maxHeader: Int?

    @Option(help: "The most bytes of a request's URL (default 8192).")
    var maxURL: Int?

    @Option(help: "Seconds that a request's head may take to come (default 10).")
    var headerTimeout: Int?

    @Option(help: "Seconds that a connection may be idle, or take nothing of an answer (default 75).")
    var idleTimeout: Int?
}

extension AddressRange: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}
