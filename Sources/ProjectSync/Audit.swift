/// A comparison of one project with the database that is under way.
///
/// What the load has found and what the cache has are the same state only once everything that the load could see has
/// been applied to the cache, and everything that it could not see to what it has found.
struct Audit {
    private enum Progress {
        /// The load is sent; this has arrived since.
        case sent([Change])
        case found(Project)
        case absent(TransactionSnapshot)
        /// There is what there was before, and all that has arrived was part of it.
        case known(Revision)
        /// There is what there was before, but that does not answer it.
        case unsettled
        /// Only another load can tell what there is now.
        case void
    }

    enum Verdict {
        case equal
        case different(Project?)
        /// Not everything that the load could see has been applied yet.
        case open
        /// The contents have to be read.
        case unsettled
        case void
    }

    /// The batch that it was sent with.
    let batch: UInt64
    let known: KnownContents?
    private var progress = Progress.sent([])

    init(batch: UInt64, known: KnownContents?) {
        self.batch = batch
        self.known = known
    }

    var awaitsAnswer: Bool {
        if case .sent = progress { true } else { false }
    }

    /// A change of the project has arrived.
    mutating func note(_ change: Change) {
        switch progress {
        case _ where change.needsLoad:
            progress = .void
        case .sent(var arrived):
            // Not two references to it at a time: an append would copy it.
            progress = .void
            arrived.append(change)
            progress = .sent(arrived)
        case .found(var project):
            progress = .void
            Self.apply(change, to: &project)
            progress = .found(project)
        case .absent(let snapshot):
            if !snapshot.sees(change.xid) { progress = .void }
        case .known, .unsettled, .void:
            break
        }
    }

    mutating func complete(_ result: ComparedProject) {
        guard case .sent(let arrived) = progress else { return }
        switch (result.finding, known) {
        case (.asKnown, let known?) where arrived.allSatisfy({ result.snapshot.sees($0.xid) }):
            progress = .known(known.revision)
        case (.asKnown, _): progress = .unsettled
        case (.loaded(let project?), _): progress = .found(project)
        case (.loaded(nil), _): progress = .absent(result.snapshot)
        }
        for change in arrived { note(change) }
    }

    /// `applied`: all that this snapshot sees has been announced and is part of `cached`.
    func verdict(_ cached: Project, applied: TransactionSnapshot?) -> Verdict {
        switch progress {
        case .sent: .open
        case .found(let project) where project.revision == cached.revision: .equal
        case .found(let project): applied?.covers(project.snapshot) == true ? .different(project) : .open
        case .absent(let snapshot): applied?.covers(snapshot) == true ? .different(nil) : .open
        case .known(let revision): revision == cached.revision ? .equal : .unsettled
        case .unsettled: .unsettled
        case .void: .void
        }
    }

    private static func apply(_ change: Change, to project: inout Project) {
        guard !project.holds(change), case .images(let set, let gone, let lost) = change.effect else { return }
        _ = project.apply(set: set, gone: gone, lost: lost, n: change.n, xid: change.xid)
    }
}
