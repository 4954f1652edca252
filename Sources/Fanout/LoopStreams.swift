import NIOCore
import ProjectSync

/// The streams of one event loop. Never leaves it.
final class LoopStreams {
    let counters: DeliveryCounters
    private let heartbeat_seconds: Int
    private var streams: [UInt64: EventStream] = [:]
    private var byProject: [ProjectID: [EventStream]] = [:]
    private var second = 0
    private let heartbeat = Chunk(.heartbeat)

    init(heartbeat_seconds: Int, counters: DeliveryCounters) {
        self.heartbeat_seconds = max(1, heartbeat_seconds)
        self.counters = counters
    }

    func stream(_ subscriber: Subscriber) -> EventStream {
        if let stream = streams[subscriber.number] { return stream }
        let stream = EventStream(subscriber)
        streams[subscriber.number] = stream
        byProject[subscriber.project, default: []].append(stream)
        return stream
    }

    func carryOut(_ command: LoopHub.Command) {
        switch command {
        case .begin(let subscriber, let opening):
            stream(subscriber).begin(opening)
        case .wait(let subscriber, let since):
            stream(subscriber).wait(since: since)
        case .endUnknown(let subscriber):
            streams[subscriber.number]?.end(with: [.deleted(subscriber.project)])
        case .publish(let project, let publication, let chunk):
            for stream in byProject[project] ?? [] { stream.hear(publication, chunk) }
        case .stale(let since, let chunk):
            for stream in streams.values { stream.hearStale(since: since, chunk) }
        case .drain(let retry):
            for stream in streams.values {
                let delay = Int64.random(in: retry.lowerBound.milliseconds...retry.upperBound.milliseconds)
                stream.end(with: [.retry(after: .milliseconds(delay))])
            }
        case .remove(let subscriber):
            remove(subscriber)
        }
    }

    /// Sends the heartbeats of one second; each stream's turn comes once in a heartbeat's length.
    func beat() {
        second += 1
        let turn = UInt64(second % heartbeat_seconds)
        for (number, stream) in streams where number % UInt64(heartbeat_seconds) == turn {
            stream.beat(heartbeat)
        }
    }

    private func remove(_ subscriber: Subscriber) {
        guard let stream = streams.removeValue(forKey: subscriber.number) else { return }
        byProject[subscriber.project]?.removeAll { $0 === stream }
        if byProject[subscriber.project]?.isEmpty == true { byProject[subscriber.project] = nil }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
