import ProjectSync

/// One stream of several projects: a part for each, which is told in the order of the request.
///
/// It decides what may be told when; the reactor tells it. An id that leaves vouches for all parts at once.
final class JointStream {
    /// What is known of a part.
    private enum Part {
        /// Nothing yet; those behind it wait.
        case awaited
        /// Nothing before the database is back; those behind it need not wait.
        case passed
        /// It begins with these frames when its turn comes; `ready` is nil if that is not so yet.
        case due([Frame], ready: Frame?)
        /// It begins with what there is when its turn comes.
        case withheld
        /// There is no such project, which is to be told when its turn comes.
        case absent
        case told
        case gone

        /// Whether its project is there, and has not been told of.
        var isThere: Bool {
            switch self {
            case .due, .withheld: true
            case .awaited, .passed, .absent, .told, .gone: false
            }
        }
    }

    /// What the parts whose turn has come say.
    enum Words {
        case none
        /// These frames, of the parts at these places.
        case frames([Frame], [Int])
        /// None of the projects can be read, and nothing else has been said.
        case refusal
    }

    /// The connection that it is sent on.
    let key: ConnectionKey
    let members: [Subscription.Member]
    /// Each part's own connection, which has no socket.
    private(set) var keys: [ConnectionKey] = []
    private var parts: [Part]
    private var id: JointID
    private(set) var isOpen = false
    private var staleSince: String?
    private var owesStale = false
    /// Whose turn it is to catch up.
    private var nextTurn = 0

    /// `lastEventID` is what the client bears.
    init(_ key: ConnectionKey, _ members: [Subscription.Member], lastEventID: String?) {
        self.key = key
        self.members = members
        parts = members.map { _ in .awaited }
        let projects = members.map(\.project)
        id = lastEventID.flatMap { JointID($0, of: projects) } ?? JointID(of: projects)
    }

    var projects: [ProjectID] { members.map(\.project) }

    /// What a stream of the part's project alone would have asked for.
    func request(at index: Int, lastEventID: String?, after token: SyncToken?) -> StreamRequest {
        guard let lastEventID else { return StreamRequest(after: token) }
        // An id that is not of this list says nothing of a part, even where it is a revision that the part has had.
        let known = JointID(lastEventID, of: projects).map { $0.revisions[index]?.description } ?? ""
        return StreamRequest(lastEventID: known, after: token)
    }

    func add(_ key: ConnectionKey) {
        keys.append(key)
    }

    /// True the first time: the response's head is to be sent.
    func open() -> Bool {
        defer { isOpen = true }
        return !isOpen
    }

    /// Whether the part has begun, and hears of changes.
    func isTold(_ index: Int) -> Bool {
        if case .told = parts[index] { true } else { false }
    }

    /// Whether nothing is left to tell of.
    var isOver: Bool {
        parts.allSatisfy { if case .gone = $0 { true } else { false } }
    }

    func begin(_ index: Int, with opening: Opening) {
        let ready = opening.isLive ? Frame.ready(members[index].project, opening.revision) : nil
        parts[index] = .due(opening.frames, ready: ready)
    }

    /// Whether the part's beginning is not kept until its turn comes, since those that wait are more than `limit_bytes`.
    func withhold(_ index: Int, beyond limit_bytes: Int) -> Bool {
        guard case .due = parts[index], held_bytes > limit_bytes else { return false }
        parts[index] = .withheld
        return true
    }

    private var held_bytes: Int {
        parts.reduce(0) { sum, part in
            guard case .due(let opening, _) = part else { return sum }
            return opening.reduce(sum) { $0 + $1.size_bytes }
        }
    }

    func pass(_ index: Int) {
        if case .awaited = parts[index] { parts[index] = .passed }
    }

    func miss(_ index: Int) {
        parts[index] = .absent
    }

    /// Returns what moves the client's id, where that vouches for the part: `deleted` has none, and who came back with
    /// it would be taken for one who has the project.
    func lose(_ index: Int) -> [Frame] {
        parts[index] = .gone
        guard id.revisions[index] != nil else { return [] }
        id.note(nil, at: index)
        return [.position(id)]
    }

    /// All parts, the next one first: one that always has something to say does not keep the others from it.
    var turns: [Int] { parts.indices.map { ($0 + nextTurn) % parts.count } }

    func pass(theTurnAfter index: Int) {
        nextTurn = (index + 1) % parts.count
    }

    /// What the parts say whose turn has come, `limit_bytes` or a little more at a time.
    func nextWords(limit_bytes: Int) -> Words {
        let turn = parts.prefix { if case .awaited = $0 { false } else { true } }
        // Whether all that are absent make a refusal shows with the first that is there.
        guard isOpen || turn.contains(where: \.isThere) else {
            return parts.allSatisfy { if case .absent = $0 { true } else { false } } ? .refusal : .none
        }
        var (frames, places, size_bytes) = ([Frame](), [Int](), 0)
        words: for index in turn.indices where size_bytes <= limit_bytes {
            switch parts[index] {
            case .due(let opening, let ready):
                parts[index] = .told
                frames += address(opening + (ready.map { [$0] } ?? []), from: index)
                places.append(index)
            case .withheld:
                // What it has to say is not known here: nothing may be said with it.
                guard frames.isEmpty, places.isEmpty else { break words }
                parts[index] = .told
                return .frames([], [index])
            case .absent:
                frames.append(.deleted(members[index].project))
                frames += lose(index)
            case .awaited, .passed, .told, .gone:
                continue
            }
            size_bytes = frames.reduce(0) { $0 + $1.size_bytes }
        }
        return frames.isEmpty && places.isEmpty ? .none : .frames(frames, places)
    }

    /// A part's frames, under the ids of the whole stream.
    func address(_ frames: [Frame], from index: Int) -> [Frame] {
        frames.map { frame in
            guard let revision = frame.revision else { return frame }
            id.note(revision, at: index)
            return frame.bearing(id)
        }
    }

    /// The database was lost. Whether that is to be told; what has not been told as ready yet is not.
    func hearStale(since: String) -> Bool {
        for case (let index, .due(let frames, _)) in parts.enumerated() { parts[index] = .due(frames, ready: nil) }
        defer { staleSince = since }
        return staleSince != since
    }

    /// It is to be told that it may be stale once it takes something.
    func oweStale() {
        owesStale = true
    }

    /// What is still owed of that.
    func takeOwedStale() -> Frame? {
        defer { owesStale = false }
        return owesStale ? staleSince.map { .stale(since: $0) } : nil
    }
}
