import ProjectSync

/// The state of one event stream: how far it has been told, and what it is owed.
///
/// A stream whose socket takes nothing gets marks, not a queue: once it does, it is told the newest state of what it has
/// missed.
struct EventStream {
    private struct Marks: OptionSet {
        let rawValue: UInt8
        /// The response's head has left.
        static let opened = Marks(rawValue: 1)
        static let begun = Marks(rawValue: 2)
        static let behind = Marks(rawValue: 4)
        /// It was told that it may be stale.
        static let owesReady = Marks(rawValue: 8)
        static let readyDue = Marks(rawValue: 16)
        static let staleDue = Marks(rawValue: 32)
        /// Its right was found good, and the cache knows of it.
        static let admitted = Marks(rawValue: 64)
        /// It has not been told anything yet.
        static let blank = Marks(rawValue: 128)
    }

    /// What a stream is sent of what has gathered.
    enum Share {
        case nothing
        case all
        case own([Frame])
    }

    /// What a stream has that follows some scenes only.
    final class Filter {
        let request: StreamRequest
        /// The newest revision, and the newest that it was sent.
        var revision: Revision?
        var sent: Revision?

        init(_ request: StreamRequest) {
            self.request = request
        }
    }

    let topic: Topic
    let filter: Filter?
    let terms: StreamTerms?
    /// The reactor's second in which its right is looked at again.
    var checksAt: UInt32 = .max
    /// Until it has begun.
    private(set) var ticket: Ticket?
    /// Its place among the topic's members.
    var place = 0
    /// The place in the project's log up to which everything was sent.
    private var position: UInt64 = 0
    private var marks: Marks = []

    init(_ topic: Topic, _ request: StreamRequest, _ terms: StreamTerms?, _ ticket: Ticket) {
        self.topic = topic
        self.terms = terms
        filter = request.scenes == nil ? nil : Filter(request)
        self.ticket = ticket
    }

    var isAdmitted: Bool { marks.contains(.admitted) }

    /// True the first time.
    mutating func admit() -> Bool {
        marks.insert(.admitted).inserted
    }

    var hasBegun: Bool { marks.contains(.begun) }

    /// True the first time: the response's head is to be sent.
    mutating func open() -> Bool {
        marks.insert(.opened).inserted
    }

    var isOpen: Bool { marks.contains(.opened) }

    mutating func begin(_ opening: Opening) {
        marks.insert(.begun)
        ticket = nil
        if !opening.isLive { marks.insert(.owesReady) }
        note(opening)
        filter?.sent = opening.revision
    }

    /// The opening that it has begun with is not sent: it is told what there is once it takes something.
    mutating func oweAll() {
        marks.formUnion(marks.contains(.owesReady) ? [.blank, .behind] : [.blank, .behind, .readyDue])
    }

    /// What it is to be sent of what has gathered. `isWritable`: it takes something.
    mutating func hear(_ gathered: Gathered, isWritable: Bool) -> Share {
        guard isWritable, !marks.contains(.behind) else {
            marks.insert(.behind)
            return .nothing
        }
        // It has caught up meanwhile, and was told what is newer than this.
        guard gathered.position > position else { return .nothing }
        let known = position
        position = gathered.position
        filter?.revision = gathered.revision
        if filter == nil, gathered.isNews(after: known) { return .all }
        let frames = gathered.frames(of: topic.project, for: filter?.request ?? StreamRequest(), after: known)
        if frames.isEmpty { return .nothing }
        filter?.sent = gathered.revision
        return .own(frames)
    }

    enum Ready {
        case now
        /// With what there is then, once it takes something.
        case due
        case notOwed
    }

    /// When it is to be sent the `ready` of this position in the log.
    mutating func hearReady(at known: UInt64, isWritable: Bool) -> Ready {
        guard marks.remove(.owesReady) != nil else { return .notOwed }
        // It may have caught up meanwhile, and was told what is newer than this.
        if isWritable, !marks.contains(.behind), known >= position { return .now }
        marks.insert(.readyDue)
        return .due
    }

    /// Whether it is to be sent `stale` now.
    mutating func hearStale(isWritable: Bool) -> Bool {
        guard hasBegun else { return false }
        marks.insert(.owesReady)
        marks.remove(.readyDue)
        if isWritable, !marks.contains(.behind) { return true }
        marks.insert(.staleDue)
        return false
    }

    /// What it has missed while it took nothing. `staleSince` is when the database was lost, if that is to be told.
    mutating func catchUp(from cache: ProjectCache, staleSince: String?) -> [Frame] {
        guard hasBegun else { return [] }
        var frames: [Frame] = []
        var revision: Revision?
        // Who is told that he has all has to be told of it, too, at one moment: more may be on its way.
        if !marks.isDisjoint(with: [.behind, .readyDue]),
            let rest = cache.backlog(
                topic.project, since: marks.contains(.blank) ? nil : position, filter?.request ?? StreamRequest())
        {
            frames += rest.frames
            note(rest)
            if !rest.frames.isEmpty { filter?.sent = rest.revision }
            revision = rest.revision
        }
        marks.subtract([.behind, .blank])
        if marks.remove(.staleDue) != nil, let staleSince { frames.append(.stale(since: staleSince)) }
        if let revision, marks.remove(.readyDue) != nil { frames.append(.ready(topic.project, revision)) }
        return frames
    }

    /// A filtered stream's id follows the project at each heartbeat.
    mutating func moveID() -> Frame? {
        guard let filter, !marks.contains(.behind), let revision = filter.revision, revision != filter.sent else {
            return nil
        }
        filter.sent = revision
        return .position(revision)
    }

    private mutating func note(_ opening: Opening) {
        position = opening.position
        filter?.revision = opening.revision
    }
}
