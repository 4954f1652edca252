import ArgumentParser
import ChangeFeed

/// The flags of `serve`, which `demo` takes too.
struct DaemonOptions: ParsableArguments {
    @Option(help: "Where to listen, HOST:PORT (default 127.0.0.1:8787; port 0 picks a free one).")
    var listen: ListenAddress?

    @Option(help: "Seconds between the heartbeats of a stream (default 15).")
    var heartbeat: Int?

    @Option(help: "Bytes of memory for cached projects and their history (default 268435456).")
    var cacheBytes: Int?

    @Option(help: "Events kept for each project so that a client can resume (default 256).")
    var history: Int?

    @Option(help: "Seconds within which each cached project is compared with the database (default 30).")
    var auditInterval: Double?

    @Option(help: "The most event streams at one time (default: the descriptors less 1,024).")
    var maxSubscribers: Int?

    @Option(help: "The most bytes of a request's body (default 16777216).")
    var maxBody: Int?

    @OptionGroup var limits: LimitOptions
    @OptionGroup var tls: TLSOptions

    @Flag(help: "Take no writes.")
    var readOnly = false

    @Option(help: "Seconds between the signal to stop and the end of service (default 1).")
    var drainDelay: Int?

    @Option(help: "How changes come: auto, notify or table (default auto: by notifications while they are few).")
    var doorbell: DoorbellPolicy.Way?

    @Option(help: "Changes a second above which writers use the table even if none waits (default 1000).")
    var busyAbove: Int?

    @OptionGroup var access: AccessOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical (default info).")
    var logLevel: LogLevel?

    @Option(help: "text or json (default text).")
    var logFormat: LogFormat?
}

extension DoorbellPolicy.Way: ExpressibleByArgument {}
