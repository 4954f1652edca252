import NIOCore
import ProjectSync
import Synchronization

/// Keeps what the cache publishes, as text.
final class RecordingAudience: Audience {
    private let log = Mutex<[String]>([])

    /// What was published since the last call.
    func heard() -> [String] {
        log.withLock { log in
            defer { log = [] }
            return log
        }
    }

    func publish(
        _ publication: Publication, of project: ProjectID, writtenAt_microseconds: Int64?, handout: Handout?
    ) {
        let text =
            switch publication {
            case .scenes(let events, _, _): "scenes " + events.map { "\($0.scene)" }.joined(separator: ",")
            case .snapshot: "snapshot"
            case .ready: "ready"
            case .deleted: "deleted"
            }
        log.withLock { $0.append(text) }
    }

    func announceStale(since: String) {
        log.withLock { $0.append("stale") }
    }
}

/// Keeps how its stream went.
final class RecordingWatcher: Watcher {
    private let log = Mutex<[String]>([])
    private let first = Mutex<[ByteBuffer]>([])

    var heard: [String] { log.withLock { $0 } }
    /// The first part of each frame that it began with.
    var frames: [ByteBuffer] { first.withLock { $0 } }

    func begin(_ opening: Opening) {
        var events = opening.frames.map { frame in
            String(buffer: frame.parts[0]).split(separator: "\n")
                .filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }.joined(separator: "+")
        }
        first.withLock { $0 += opening.frames.map { $0.parts[0] } }
        if opening.staleSince != nil { events.insert("stale", at: 0) }
        if opening.isLive { events.append("ready") }
        log.withLock { $0.append("begin " + events.joined(separator: ",")) }
    }

    func wait(staleSince: String) {
        log.withLock { $0.append("wait") }
    }

    func endUnknown() {
        log.withLock { $0.append("unknown") }
    }
}
