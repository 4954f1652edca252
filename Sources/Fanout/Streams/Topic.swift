import ProjectSync

/// A project's streams on one reactor, and what they have not been told yet.
final class Topic {
    let project: ProjectID
    /// How many streams there are; those that have not begun are no members yet.
    var streams = 0
    private(set) var members: [ConnectionKey] = []
    var gathered: Gathered?

    init(_ project: ProjectID) {
        self.project = project
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
