import ProjectSync
import Synchronization

/// Joint streams: each part is a connection of its own without a socket, so that it hears what any stream hears.
extension ReactorLoop {
    /// How many bytes of its parts' beginnings a stream is sent at a time, and has in memory.
    private static let opening_bytes = 64 << 10

    func open(_ joint: JointStream, _ lastEventID: String?, _ token: SyncToken?) {
        connections[joint.key]?.joint = joint
        for index in joint.members.indices { joint.add(connections.add(Connection(.part(joint, index), now: second))) }
        for (index, member) in joint.members.enumerated() {
            let request = joint.request(at: index, lastEventID: lastEventID, after: token)
            open(member.project, request, member.terms, joint.keys[index])
        }
    }

    // What becomes known of a part.

    func begin(_ index: Int, of joint: JointStream, _ opening: Opening) {
        if let since = opening.staleSince { tellStale(joint, since: since) }
        joint.begin(index, with: opening)
        speak(joint)
        if joint.withhold(index, beyond: Self.opening_bytes) { connections[joint.keys[index]]?.stream?.oweAll() }
    }

    func wait(_ index: Int, of joint: JointStream, since: String) {
        joint.pass(index)
        tellStale(joint, since: since)
        speak(joint)
    }

    func miss(_ index: Int, of joint: JointStream) {
        leave(joint.keys[index])
        joint.miss(index)
        speak(joint)
        endIfOver(joint)
    }

    /// A part's project is gone.
    func lose(_ index: Int, of joint: JointStream, with frames: [Frame]) {
        guard joint.isTold(index) else { return miss(index, of: joint) }
        leave(joint.keys[index])
        send(frames + joint.lose(index), to: joint.key)
        endIfOver(joint)
    }

    // What is told.

    /// Tells what can be told, as long as it is taken.
    private func speak(_ joint: JointStream) {
        while isWritable(joint.key), connections[joint.key]?.joint != nil {
            switch joint.nextWords(limit_bytes: Self.opening_bytes) {
            case .none:
                return
            case .refusal:
                return refuse(joint.key, .unknownProject, of: joint.projects, joint.members.first?.terms)
            case .frames(let frames, let places):
                send(frames, to: joint.key, after: openHead(joint.key))
                for place in places { catchUp(place, of: joint) }
            }
        }
    }

    func tellStale(_ joint: JointStream, since: String) {
        guard joint.hearStale(since: since) else { return }
        guard isWritable(joint.key) else { return joint.oweStale() }
        send([.stale(since: since)], to: joint.key, after: openHead(joint.key))
    }

    /// It takes something again.
    func catchUp(_ joint: JointStream) {
        if let frame = joint.takeOwedStale() { send([frame], to: joint.key) }
        speak(joint)
        for place in joint.turns where isWritable(joint.key) {
            catchUp(place, of: joint)
            joint.pass(theTurnAfter: place)
        }
        endIfOver(joint)
    }

    func catchUp(_ place: Int, of joint: JointStream) {
        guard isWritable(joint.keys[place]) else { return }
        // It is told once that all may be stale, not for each part.
        let frames = connections[joint.keys[place]]?.stream?.catchUp(from: house.cache, staleSince: nil) ?? []
        send(joint.address(frames, from: place), to: joint.key)
    }

    // How it ends.

    private func endIfOver(_ joint: JointStream) {
        if joint.isOpen, joint.isOver { end(joint.key, with: []) }
    }

    func leave(_ joint: JointStream) {
        connections[joint.key]?.joint = nil
        for key in joint.keys {
            leave(key)
            connections.remove(key)
        }
        house.counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
    }
}
