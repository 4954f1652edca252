import ProjectSync

/// A project's streams on one reactor, and what they have not been told yet.
final class Topic {
    let project: ProjectID
    /// How many streams there are; those that have not begun are no members yet.
    var streams = 0
    private(set) var members: [ConnectionKey] = []
    var gathered: Gathered?
    /// When the oldest change in it was written.
    private var writtenAt_microseconds: Int64?
    /// What counts the streams that each part of it is handed to.
    private var handouts: [Handout] = []

    init(_ project: ProjectID) {
        self.project = project
    }

    func note(writtenAt microseconds: Int64?, _ handout: Handout?) {
        if let handout { handouts.append(handout) }
        guard let microseconds else { return }
        writtenAt_microseconds = min(writtenAt_microseconds ?? microseconds, microseconds)
    }

    func takeWrittenAt() -> Int64? {
        defer { writtenAt_microseconds = nil }
        return writtenAt_microseconds
    }

    /// What has gathered has been handed to so many streams.
    func handOut(to streams: Int) {
        guard !handouts.isEmpty else { return }
        let now = ContinuousClock.now
        for handout in handouts { handout.note(streams: streams, at: now) }
        handouts.removeAll(keepingCapacity: true)
    }

    /// Returns the new member's place.
    func join(_ key: ConnectionKey) -> Int {
        members.append(key)
        return members.count - 1
    }

    /// Returns the member that has moved to the place, if any.
    func leave(_ place: Int) -> ConnectionKey? {
        let last = members.removeLast()
        guard place < members.count else { return nil }
        members[place] = last
        return last
    }
}
