import NIOCore

/// What has lately been heard of a project, and what became of it: for those who ask after an image.
struct ProjectTrace {
    /// What a project may keep of it, in bytes; the oldest goes first.
    static let limit_bytes = 64 << 10
    private static let mostLoads = 16

    private(set) var changes = CircularBuffer<TracedChange>(initialCapacity: 1)
    private(set) var loads: [TracedLoad] = []
    /// Whether something that was heard is no more kept.
    private(set) var hasForgotten = false
    /// Each with the number of the last change that it is of.
    private var publications = CircularBuffer<(through: UInt64, TracedChange.Publication)>(initialCapacity: 1)
    private var lastNumber: UInt64 = 0
    private var changes_bytes = 0

    var size_bytes: Int {
        changes_bytes + publications.count * 48 + loads.count * MemoryLayout<TracedLoad>.stride
    }

    mutating func note(_ change: Change, _ fate: TracedChange.Fate, now: ContinuousClock.Instant) {
        lastNumber += 1
        let traced = TracedChange(change, fate, number: lastNumber, at: now)
        changes.append(traced)
        changes_bytes += traced.size_bytes
        while changes_bytes > Self.limit_bytes, changes.count > 1, let oldest = changes.popFirst() {
            changes_bytes -= oldest.size_bytes
            hasForgotten = true
            while let first = publications.first, first.through <= oldest.number { publications.removeFirst() }
        }
    }

    /// What was applied since the last publication has been published.
    mutating func note(_ publication: TracedChange.Publication) {
        publications.append((lastNumber, publication))
    }

    mutating func note(_ load: TracedLoad) {
        if loads.count == Self.mostLoads { loads.removeFirst() }
        loads.append(load)
    }

    func publication(of traced: TracedChange) -> TracedChange.Publication? {
        guard traced.fate == .applied else { return nil }
        return publications.first { $0.through >= traced.number }?.1
    }
}
