/// Tells how many write transactions were open at one moment.
///
/// A transaction is heard of when it is over, so it is taken to have been open from its start to its announcement; but a
/// session has one at a time, which ends before its next one begins. What overlapped with a transaction counts for the
/// second in which that was announced, so nothing that has been told changes afterwards.
struct WriterSpans {
    private struct Span {
        let began: Int64
        var ended: Int64
        let session: Int32
    }

    /// How many are remembered, to be compared with those that come.
    let limit: Int
    private var spans: [Span] = []
    /// Of these the overlap has been told.
    private var told = 0
    /// Where each session's last span is, counted from the first span ever.
    private var last: [Int32: Int] = [:]
    /// How many spans have been forgotten.
    private var forgotten = 0
    private(set) var second = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Returns the overlap up to then, if a second is over or much has come.
    mutating func note(session: Int32, began: Int64, ended: Int64) -> (second: Int, overlap: Int)? {
        let told = tell(before: Int(ended / 1_000_000))
        let ended = max(ended, began + 1)
        if let index = last[session].map({ $0 - forgotten }), index >= 0 {
            if spans[index].began == began {
                spans[index].ended = max(spans[index].ended, ended)
                return told
            }
            spans[index].ended = max(spans[index].began + 1, min(spans[index].ended, began))
        }
        last[session] = forgotten + spans.count
        spans.append(Span(began: began, ended: ended, session: session))
        return told
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
        last = last.filter { $0.value >= forgotten }
    }
}
