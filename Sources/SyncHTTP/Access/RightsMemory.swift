import ProjectSync

/// What the database has told about who may read what, for as long as it counts, and who waits for it to tell.
struct RightsMemory {
    struct Key: Hashable, Sendable {
        let caller: Caller
        let project: ProjectID
    }

    struct Verdict: Sendable {
        let right: RightToRead
        let until: ContinuousClock.Instant
    }

    typealias Waiter = @Sendable (Verdict) -> Void

    private struct Question {
        let askedAt: ContinuousClock.Instant
        var waiters: [Waiter]
    }

    /// Claims may be as long as tokens, so what is remembered is not counted but weighed.
    private static let most_bytes = 64 << 20
    private static let entry_bytes = 256
    /// A project that has just been made is not hidden for long.
    private static let refusalLasts = Duration.seconds(1)

    private let interval: Duration
    private var verdicts = RecentMemory<Key, Verdict>(most_bytes: most_bytes)
    private var questions: [Key: Question] = [:]

    init(interval: Duration) {
        self.interval = interval
    }

    mutating func find(_ key: Key, now: ContinuousClock.Instant) -> Verdict? {
        guard let verdict = verdicts.find(key), now < verdict.until else { return nil }
        return verdict
    }

    /// Waits for the answer to a question; whether it still has to be asked.
    mutating func wait(_ key: Key, now: ContinuousClock.Instant, _ waiter: @escaping Waiter) -> Bool {
        let isNew = questions[key] == nil
        questions[key, default: Question(askedAt: now, waiters: [])].waiters.append(waiter)
        return isNew
    }

    /// The answer, and who waits for it. It counts from when it was asked for: what is taken away later is so in time.
    mutating func answer(_ key: Key, _ right: RightToRead) -> (Verdict, [Waiter])? {
        guard let question = questions.removeValue(forKey: key) else { return nil }
        let lasts: Duration =
            switch right {
            case .readable: interval
            case .hidden, .noSuchRole: min(interval, Self.refusalLasts)
            case .unavailable: .zero
            }
        let verdict = Verdict(right: right, until: question.askedAt + lasts)
        if lasts > .zero {
            verdicts.keep(verdict, for: key, size_bytes: Self.entry_bytes + key.caller.claims.utf8.count)
        }
        return (verdict, question.waiters)
    }
}
