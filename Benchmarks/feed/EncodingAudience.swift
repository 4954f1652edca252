import ProjectSync
import Synchronization

/// Encodes what is published, as the daemon does once for all subscribers, and drops it.
final class EncodingAudience: Audience {
    private let lastFrame = Atomic<Int>(0)

    var lastFrame_bytes: Int { lastFrame.load(ordering: .relaxed) }

    func publish(
        _ publication: Publication, of project: ProjectID, writtenAt_microseconds: Int64?, handout: Handout?
    ) {
        switch publication {
        case .scenes(let events, let revision, _):
            note(.scenes(events, of: project, revision: revision))
        case .snapshot(let body, _):
            note(.snapshot(body))
        case .ready, .deleted:
            break
        }
    }

    func note(_ frame: Frame) {
        lastFrame.store(frame.size_bytes, ordering: .relaxed)
    }

    func announceStale(since: String) {}
}

/// A subscriber that only has to be there.
final class SilentWatcher: Watcher {
    func begin(_ opening: Opening) {}
    func wait(staleSince: String) {}
    func endUnknown() {}
}
