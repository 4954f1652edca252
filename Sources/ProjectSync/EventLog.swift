import NIOCore

/// The recent batches of events of one project: what a client that comes back may have missed.
package struct EventLog: Sendable {
    /// How much a project keeps: so many batches, and so many bytes.
    package struct Limits: Sendable {
        package var events: Int
        package var floor_bytes = 1 << 20

        package init(events: Int) {
            self.events = events
        }
    }

    /// What is missing between a position in the log and now.
    package enum Gap: Sendable {
        /// The newest state of each scene that has changed since.
        case scenes([SceneEvent])
        /// Only the whole project will do.
        case snapshot
    }

    private struct Batch {
        let revision: Revision
        /// nil: a snapshot.
        let events: [SceneEvent]?
        let size_bytes: Int
    }

    /// Counts batches for ever; a subscriber's place is the count after the last batch that it was sent.
    package private(set) var head: UInt64 = 0
    package private(set) var size_bytes = 0
    private var batches = CircularBuffer<Batch>()
    /// The revision before the oldest batch.
    private var base: Revision

    package init(_ revision: Revision) {
        base = revision
    }

    package mutating func append(_ events: [SceneEvent]?, revision: Revision, limits: Limits, document_bytes: Int) {
        let size = (events ?? []).reduce(64) { $0 + $1.size_bytes }
        batches.append(Batch(revision: revision, events: events, size_bytes: size))
        size_bytes += size
        head += 1
        let allowed = max(limits.floor_bytes, document_bytes * 2)
        while batches.count > limits.events || size_bytes > allowed, let oldest = batches.popFirst() {
            size_bytes -= oldest.size_bytes
            base = oldest.revision
        }
    }

    /// The position from which a client that bears this revision has to be told; nil if the log does not reach back to it.
    ///
    /// A revision may come more than once. A client whose connection broke within a batch holds scenes of it that its id
    /// does not tell, and has to hear of them again although what it bears may be the newest revision once more. So it
    /// stands at the first place of the revision that a part of something can have been sent after, else at the last.
    package func position(of revision: Revision) -> UInt64? {
        var last: UInt64?
        let oldest = head - UInt64(batches.count)
        if base == revision {
            if mayBeHeldInPart(after: oldest) { return oldest }
            last = oldest
        }
        for (number, batch) in batches.enumerated() where batch.revision == revision {
            let position = oldest + UInt64(number) + 1
            if mayBeHeldInPart(after: position) { return position }
            last = position
        }
        return last
    }

    /// Whether what came after `position` can have been sent as several events of which only the last has an id.
    private func mayBeHeldInPart(after position: UInt64) -> Bool {
        var first: Int32?
        for batch in batches.suffix(Int(head - position)) {
            guard let events = batch.events else { return false }
            for event in events {
                if let first, first != event.scene { return true }
                first = event.scene
            }
        }
        return false
    }

    /// What a subscriber at `position` has missed; nil if nothing.
    package func gap(since position: UInt64) -> Gap? {
        guard position < head else { return nil }
        let missed = head - position
        guard missed <= UInt64(batches.count) else { return .snapshot }
        var newest: [Int32: SceneEvent] = [:]
        var order: [Int32] = []
        for batch in batches.suffix(Int(missed)) {
            guard let events = batch.events else { return .snapshot }
            for event in events where newest.updateValue(event, forKey: event.scene) == nil {
                order.append(event.scene)
            }
        }
        return .scenes(order.compactMap { newest[$0] })
    }
}
