/// Messages that the feed sends itself to see that it still hears: health is a message that must come back.
struct Canary {
    static let interval = Duration.milliseconds(500)
    static let patience = Duration.seconds(2)

    let daemon: UInt64
    private var number: UInt64 = 0
    private var outstanding: [(number: UInt64, sentAt: ContinuousClock.Instant)] = []

    init(daemon: UInt64) {
        self.daemon = daemon
    }

    /// The payload to send now.
    mutating func send(now: ContinuousClock.Instant) -> String {
        number += 1
        outstanding.append((number, now))
        return "{\"v\":\(ChangeDecoder.version),\"daemon\":\(daemon),\"canary\":\(number)}"
    }

    /// A canary has come back. Returns when it was sent, if it is one of ours: all that was committed before then has
    /// arrived.
    mutating func heard(daemon: UInt64, number: UInt64) -> ContinuousClock.Instant? {
        guard daemon == self.daemon, let sent = outstanding.last(where: { $0.number == number })?.sentAt else {
            return nil
        }
        outstanding.removeAll { $0.number <= number }
        return sent
    }

    /// How long the oldest canary has been missing, once that is too long.
    func overdue(now: ContinuousClock.Instant) -> Duration? {
        guard let oldest = outstanding.first, now - oldest.sentAt > Self.patience else { return nil }
        return now - oldest.sentAt
    }
}
