import NIOCore

/// What the cache keeps of one project.
///
/// A class, so that a change edits it in place; it never leaves the cache's lock.
final class CacheEntry {
    /// Where the entry's load stands.
    enum LoadPhase {
        case none
        /// Asked for, not yet sent: nothing is buffered.
        case queued
        /// Sent: the project's changes are buffered until its answer is there.
        case sent
    }

    let id: ProjectID
    var project: Project?
    var log: EventLog?
    /// The feed's epoch in which the state was loaded; in any other it has to be revalidated.
    var epoch: UInt64 = 0
    /// When the state was last known to be the database's, if it is not vouched for any more.
    var vouchedUntil: ContinuousClock.Instant?
    var body: ProjectBody?
    /// What was last told to a client that came back, for those who come back from there, too.
    var resumption: (from: UInt64, frame: Frame)?
    var watchers = 0
    var phase = LoadPhase.none
    /// The number of the batch that it was sent with.
    var load: UInt64 = 0
    var buffered: [Change] = []
    /// Before when everything committed had been applied when the load was sent.
    var provenWhenSent: ContinuousClock.Instant?
    /// Those whom the load that is queued or sent will answer.
    var waiting = LoadWaiters()
    /// Those who want a load sent after the one that is on its way.
    var waitingForNext = LoadWaiters()
    /// When all was last known to be here, before a change came that only the next load will bring.
    var behindSince: ContinuousClock.Instant?
    /// When a trigger saw the oldest change that streams have not been told of, by the database's clock.
    var writtenAt_microseconds: Int64?
    /// Of what was published last, until it is traced.
    private var handout: Handout?
    /// How far its scenes were along at a revision.
    var progress: (revision: Revision, value: SceneProgress)?
    /// When it was last loaded, or found equal to the database.
    var checkedAt: ContinuousClock.Instant?
    /// Its place in the line of those to be compared with the database.
    var ticket: UInt64?
    var audit: Audit?
    /// What the database had at the last comparison that read it.
    var known: KnownContents?
    var divergences = 0
    var trace = ProjectTrace()
    var accounted_bytes = 0
    /// Its body's part of that.
    var accountedBody_bytes = 0
    var newer: CacheEntry?
    var older: CacheEntry?
    var isLinked = false

    init(_ id: ProjectID) {
        self.id = id
    }

    var size_bytes: Int {
        (project?.size_bytes ?? 0) + (log?.size_bytes ?? 0) + (body?.size_bytes ?? 0) + trace.size_bytes
            + (resumption?.frame.size_bytes ?? 0) + 512
    }

    /// A change has come that streams will be told of.
    func note(writtenAt microseconds: Int64) {
        guard microseconds > 0 else { return }
        writtenAt_microseconds = min(writtenAt_microseconds ?? microseconds, microseconds)
    }

    /// What came has changed nothing, so nobody is told of it.
    func forgetWrittenAtUnlessBehind() {
        if behindSince == nil { writtenAt_microseconds = nil }
    }

    /// The time of what streams are told of now.
    func takeWrittenAt() -> Int64? {
        defer { writtenAt_microseconds = nil }
        return writtenAt_microseconds
    }

    /// For what is published now.
    func beginHandout() -> Handout {
        let handout = Handout()
        self.handout = handout
        return handout
    }

    /// nil: it was published to nobody.
    func takeHandout() -> Handout? {
        defer { handout = nil }
        return watchers > 0 ? handout : nil
    }

    /// The project is another one now.
    func forgetEncoded() {
        body = nil
        resumption = nil
    }

    /// The encoded project, made when it is first wanted.
    func encoded() -> ProjectBody? {
        if body == nil { body = project.map(ProjectBody.init) }
        return body
    }
}
