/// How big a storm is: from the environment, else the short form with a seed of its own.
struct StormSettings: Sendable {
    static let current = StormSettings()

    var seed: UInt64
    var transactions: Int
    /// If it is to end by the clock, and not by the number of its transactions.
    var span: Duration?
    let projects = 50
    let writers = 16
    var streams = 60
    var slowStreams = 6
    /// Of two to four projects each.
    var jointStreams = 8
    let readers = 6
    /// Of a transaction, between two statements. A daemon that comes back waits for those that it finds open.
    var longestPause_milliseconds = 3_000
    /// Small enough for what nobody watches to be evicted.
    let cache_bytes = 400_000
    /// Changes a second: about as many as there are, so that the doorbell goes to and fro.
    let busyAbove = 60
    let auditsApart = Duration.milliseconds(330)
    /// How long a difference may last once nobody writes and the daemon says that it is ready.
    let patience = Duration.seconds(5)
    /// How long the daemon may take until it is ready, whatever was done to its connections.
    let recovery = Duration.seconds(20)

    private init() {
        span = ProcessEnvironment["SCENESYNC_STORM_MINUTES"].flatMap { Int64($0) }.map { .seconds($0 * 60) }
        let count = ProcessEnvironment["SCENESYNC_STORM_TRANSACTIONS"].flatMap { Int($0) } ?? 1_500
        transactions = span == nil ? count : .max
        seed = ProcessEnvironment["SCENESYNC_STORM_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999_999)
    }

    var isLong: Bool { transactions >= 10_000 }
    /// Of the server; by the clock one in five minutes.
    var restarts: Int { max(1, span.map { Int($0 / .seconds(300)) } ?? transactions / 8_000) }
    var timeLimit_minutes: Int { span.map { Int($0 / .seconds(60)) + 10 } ?? max(3, transactions / 400) }
}
