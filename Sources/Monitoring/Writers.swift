/// Tells how many sessions write, by the pids of their server processes, and how many of their transactions were open at
/// one moment.
///
/// A transaction is heard of when it is over, so it is taken to have been open from its start to its announcement; but a
/// session has one at a time, which ends before its next one begins. What overlapped with a transaction counts for the
/// second in which that was announced, so nothing that has been told changes afterwards.
struct Writers {
    private struct Session {
        /// Where its last span is, counted from the first span ever.
        var span: Int
        var second: Int
    }

    /// How many spans are remembered, to be compared with those that come, and how many sessions.
    let limit: Int
    private var spans: [WriteSpan] = []
    /// Of these the overlap has been told.
    private var told = 0
    private var sessions: [Int32: Session] = [:]
    /// How many spans have been forgotten.
    private var forgotten = 0
    private(set) var second = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Returns the overlap up to then, if a second is over or much has come.
    mutating func note(session: Int32, began: Int64, ended: Int64, rows: Int = 1) -> (second: Int, overlap: Int)? {
        let now = Int(ended / 1_000_000)
        let told = tell(before: now)
        let ended = max(ended, began + 1)
        if let last = sessions[session] {
            let index = last.span - forgotten
            if index >= 0, spans[index].began == began {
                spans[index].ended = max(spans[index].ended, ended)
                spans[index].rows += rows
                return told
            }
            if index >= 0 { spans[index].ended = max(spans[index].began + 1, min(spans[index].ended, began)) }
        } else if sessions.count >= limit {
            sessions = sessions.filter { $0.value.second > now - 60 }
        }
        if sessions.count < limit { sessions[session] = Session(span: forgotten + spans.count, second: now) }
        spans.append(WriteSpan(session: session, began: began, ended: ended, rows: rows))
        return told
    }

    /// How many sessions have written after a second.
    func count(since second: Int) -> Int {
        sessions.values.count { $0.second > second }
    }

    /// The last transactions that ended after a moment and are still remembered, in the order of their announcements.
    func spans(since moment: Int64, atMost limit: Int) -> [WriteSpan] {
        spans.filter { $0.ended > moment }.suffix(limit)
    }

    /// The overlap of what has not been told yet, if there is any.
    mutating func tell(before next: Int) -> (second: Int, overlap: Int)? {
        guard next > second || spans.count >= limit else { return nil }
        defer { second = max(second, next) }
        return tell()
    }

    /// The same for what has come in the second that is still running.
    mutating func tell() -> (second: Int, overlap: Int)? {
        guard told < spans.count, let first = spans[told...].map(\.began).min() else { return nil }
        let overlap = depth(since: first)
        told = spans.count
        forget()
        return (second, overlap)
    }

    /// The most that were open at one moment from `first` on.
    private func depth(since first: Int64) -> Int {
        let open = spans.filter { $0.ended > first }
        let starts = open.map { max($0.began, first) }.sorted()
        let ends = open.map(\.ended).sorted()
        var (deepest, ended) = (0, 0)
        for (number, start) in starts.enumerated() {
            while ended < ends.count, ends[ended] <= start { ended += 1 }
            deepest = max(deepest, number + 1 - ended)
        }
        return deepest
    }

    private mutating func forget() {
        guard spans.count > limit / 2 else { return }
        let excess = spans.count - limit / 2
        spans.removeFirst(excess)
        told = max(0, told - excess)
        forgotten += excess
    }
}
