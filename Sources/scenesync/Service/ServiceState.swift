/// What systemd has been told of the daemon, and what it is to be told next.
struct ServiceState {
    /// How long a start waits for the feed to be live. Afterwards the daemon counts as started all the same, and says
    /// what it serves: nobody is helped by a daemon that is not allowed to start before its database.
    static let patience = Duration.seconds(20)
    /// How often it is asked how the daemon does.
    static let lookInterval = Duration.milliseconds(250)

    /// After how long without a sign of life systemd ends the daemon; nil where it does not look.
    let watchdog: Duration?
    private let begin: ContinuousClock.Instant
    private var isStarted = false
    private var isStopping = false
    private var told: String?
    private var lookedAt: ContinuousClock.Instant?
    private var fedAt: ContinuousClock.Instant?

    init(watchdog: Duration?, now: ContinuousClock.Instant) {
        self.watchdog = watchdog
        begin = now
    }

    /// The feed has made a turn. `lack` is what it lacks to be ready, nil if nothing.
    mutating func turn(now: ContinuousClock.Instant, lack: () -> String?) -> String? {
        var lines: [String] = []
        if lookedAt.map({ now - $0 >= Self.lookInterval }) ?? true {
            lookedAt = now
            look(lack(), now, &lines)
        }
        // Four times as often as has to be: one that gets lost does not matter.
        if let watchdog, fedAt.map({ now - $0 >= watchdog / 4 }) ?? true {
            fedAt = now
            lines.append("WATCHDOG=1")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    mutating func stop() -> String {
        isStopping = true
        return "STOPPING=1\nSTATUS=stopping"
    }

    /// systemd wants to know when a reload began, by the clock that never goes back, and that it is over.
    func reload(at monotonic_microseconds: UInt64) -> String {
        "RELOADING=1\nMONOTONIC_USEC=\(monotonic_microseconds)"
    }

    func reloaded() -> String {
        "READY=1"
    }

    private mutating func look(_ lack: String?, _ now: ContinuousClock.Instant, _ lines: inout [String]) {
        guard !isStopping else { return }
        if !isStarted, lack == nil || now - begin >= Self.patience {
            isStarted = true
            lines.append("READY=1")
        }
        let status = lack ?? "live"
        guard status != told else { return }
        told = status
        lines.append("STATUS=" + status.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}
