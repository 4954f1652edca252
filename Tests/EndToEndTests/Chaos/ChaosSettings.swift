/// How long and how rich a chaos is: from the environment, else the short form with a seed of its own.
struct ChaosSettings: Sendable {
    static let current = ChaosSettings()

    let storm: StormSettings
    /// The whole run goes on with rounds of faults for so long; nil for the short form, one round of a few.
    let span: Duration?
    /// Parts of the names of those that are wanted; empty: all of the form.
    let faults: [String]
    /// Where the scoreboard goes as a table, between two marks.
    let page: String?

    private init() {
        var storm = StormSettings.current
        storm.transactions = .max
        span = ProcessEnvironment["SCENESYNC_CHAOS_MINUTES"].flatMap { Int64($0) }.map { .seconds($0 * 60) }
        let isLong = span != nil
        storm.streams = isLong ? 200 : 80
        storm.slowStreams = storm.streams / 10
        storm.jointStreams = storm.streams / 10
        storm.longestPause_milliseconds = 500
        if let seed = ProcessEnvironment["SCENESYNC_CHAOS_SEED"].flatMap({ UInt64($0) }) { storm.seed = seed }
        self.storm = storm
        faults = (ProcessEnvironment["SCENESYNC_CHAOS_FAULTS"] ?? "").split(separator: ",").map { String($0) }
        page = ProcessEnvironment["SCENESYNC_CHAOS_PAGE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    var isLong: Bool { span != nil }
    /// A round of all faults takes a quarter of an hour.
    var timeLimit_minutes: Int { span.map { Int($0.components.seconds / 60) + 40 } ?? (faults.isEmpty ? 5 : 15) }

    /// By how much promises of time are stretched: the short form runs beside other tests.
    var patience: Int { isLong ? 1 : 2 }

    /// How long a fault lasts in either form.
    func lasting(_ short: Duration, _ long: Duration) -> Duration {
        isLong ? long : short
    }
}
