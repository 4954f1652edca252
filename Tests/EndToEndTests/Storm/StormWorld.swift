import Postgres
import PostgresTestSupport
import Synchronization

/// What all parts of a storm share.
final class StormWorld: Sendable {
    let settings: StormSettings
    /// Of the daemons, any of which anybody may ask.
    let ports: [Int]
    /// All ids that there will ever be, those included that projects go by only at times.
    let projects: [StormProject]
    let sharedProjects: [StormProject]
    let counts = StormCounts()
    let findings = StormFindings()
    let gate = PauseGate()
    let ledger: StormLedger
    let revisions = RevisionBook()
    let history = StormHistory()
    private let place: Mutex<Database>
    private let excuse = Mutex<(silence: ContinuousClock.Instant?, lag: Bool)>((nil, false))
    private let strike = Mutex<ContinuousClock.Instant?>(nil)
    private let start = ContinuousClock.now
    private let begun = Atomic<Int>(0)
    private let ended = Atomic<Bool>(false)
    private let written = Atomic<Bool>(false)
    private let truce = Atomic<Bool>(false)

    init(_ settings: StormSettings, database: Database, ports: [Int], projects: [StormProject]) {
        self.settings = settings
        place = Mutex(database)
        self.ports = ports
        self.projects = projects
        sharedProjects = projects.filter { $0.writer == nil }
        ledger = StormLedger(projects: projects.filter { $0.writer != nil }.map(\.id))
    }

    /// Where writers write, and what is compared.
    var database: Database {
        place.withLock { $0 }
    }

    /// After a failover.
    func move(to database: Database) {
        place.withLock { $0 = database }
    }

    /// Whether a daemon may leave requests unanswered, since it is stopped or was until a moment ago.
    var excusesSilence: Bool {
        excuse.withLock { $0.silence.map { .now < $0 } ?? false }
    }

    func excuseSilence(for duration: Duration) {
        excuse.withLock { $0.silence = .now + duration }
    }

    /// Whether an answer may be older than it says, since writes are not announced.
    var excusesLag: Bool {
        get { excuse.withLock { $0.lag } }
        set { excuse.withLock { $0.lag = newValue } }
    }

    /// Whether there is another transaction to be made.
    func beginTransaction() -> Bool {
        if let span = settings.span, ContinuousClock.now - start > span { return false }
        guard !isOver else { return false }
        return begun.wrappingAdd(1, ordering: .relaxed).oldValue < settings.transactions
    }

    /// How much of the storm is over, from 0 to 1.
    var progress: Double {
        if let span = settings.span { return min((ContinuousClock.now - start) / span, 1) }
        return min(Double(begun.load(ordering: .relaxed)) / Double(settings.transactions), 1)
    }

    /// Whether all writers have gone home.
    var isWritten: Bool {
        written.load(ordering: .relaxed)
    }

    func noteWritten() {
        written.store(true, ordering: .relaxed)
    }

    /// Set when all is done, or something was found: then there is nothing to gain any more.
    var isOver: Bool {
        ended.load(ordering: .relaxed) || !findings.isEmpty
    }

    func end() {
        ended.store(true, ordering: .relaxed)
    }

    /// When a connection of a daemon was last broken on purpose.
    var lastStrike: ContinuousClock.Instant? {
        strike.withLock { $0 }
    }

    func noteStrike() {
        strike.withLock { $0 = .now }
    }

    /// Whether nothing more is to be broken: else a difference that stays would be excused by the next strike, for ever.
    var isTruce: Bool {
        get { truce.load(ordering: .relaxed) }
        set { truce.store(newValue, ordering: .relaxed) }
    }

    /// One project in four at a time, for a second and a half.
    func isHour(of project: StormProject) -> Bool {
        let hour = (ContinuousClock.now - start).milliseconds / 1_500
        return (project.id.utf8.reduce(0) { $0 + Int64($1) } + hour) % 4 == 0
    }

    func random(_ part: Int) -> StormRandom {
        StormRandom(seed: settings.seed, part: part)
    }

    /// Notes what was wrong, with what was last done to the project.
    func find(_ what: String, of project: String, _ details: String = "") {
        counts.add(.differences)
        findings.add(
            """
            seed \(settings.seed), project \(project): \(what)
            \(details)
            last statements:
            \(history.text(of: project))
            """)
    }
}
