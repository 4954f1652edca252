import ProjectSync

/// The state of one event stream on its event loop: how far it has been told, and what it is owed.
///
/// A stream that cannot be written to gets marks, not a queue: once it can, it is told the newest state of what it
/// has missed.
final class EventStream {
    let subscriber: Subscriber
    private var outlet: (any Outlet)?
    /// What is to be sent as soon as there is an outlet.
    private var opening: [Frame] = []
    private var hasBegun = false
    /// The place in the project's log up to which everything was sent.
    private var position: UInt64 = 0
    private var revision: Revision?
    private var sentRevision: Revision?
    private var isBehind = false
    private var staleSince: String?
    private var owesReady = false
    private var isReadyDue = false
    private var hasEnded = false

    init(_ subscriber: Subscriber) {
        self.subscriber = subscriber
    }

    func begin(_ start: Opening) {
        hasBegun = true
        position = start.position
        revision = start.revision
        sentRevision = start.revision
        owesReady = start.owesReady
        send(start.frames)
    }

    func wait(since: String) {
        guard !hasBegun, staleSince == nil else { return }
        staleSince = since
        send([.stale(since: since)])
    }

    func attach(_ outlet: any Outlet) {
        self.outlet = outlet
        let frames = opening
        opening = []
        if hasEnded {
            outlet.write(frames.map { Chunk($0) })
            return finish()
        }
        if !frames.isEmpty { outlet.write(frames.map { Chunk($0) }) }
        catchUp()
    }

    func hear(_ publication: Publication, _ chunk: Chunk?) {
        guard hasBegun, !hasEnded else { return }
        switch publication {
        case .scenes(let events, let revision, let position):
            guard let outlet = writableOutlet() else { return }
            if subscriber.request.scenes != nil {
                let wanted = events.filter(subscriber.wants)
                if !wanted.isEmpty {
                    outlet.write([Chunk(.scenes(wanted, of: subscriber.project, revision: revision))])
                    sentRevision = revision
                }
            } else if let chunk {
                outlet.write([chunk])
                sentRevision = revision
            }
            self.position = position
            self.revision = revision
        case .snapshot(let body, let position):
            guard let outlet = writableOutlet(), let chunk else { return }
            outlet.write([chunk])
            self.position = position
            revision = body.revision
            sentRevision = body.revision
        case .ready(let revision):
            guard owesReady else { return }
            owesReady = false
            guard let outlet, !isBehind, outlet.isWritable else {
                isReadyDue = true
                return
            }
            outlet.write([Chunk(.ready(subscriber.project, revision))])
        case .deleted:
            end(with: [.deleted(subscriber.project)])
        }
    }

    func hearStale(since: String, _ chunk: Chunk) {
        guard !hasEnded, hasBegun else { return }
        owesReady = true
        isReadyDue = false
        guard let outlet, !isBehind, outlet.isWritable else {
            staleSince = since
            return
        }
        outlet.write([chunk])
    }

    func beat(_ heartbeat: Chunk) {
        guard let outlet, !hasEnded, outlet.isWritable else { return }
        outlet.write([heartbeat])
        if subscriber.request.scenes != nil, !isBehind, let revision, revision != sentRevision {
            outlet.write([Chunk(.position(revision))])
            sentRevision = revision
        }
    }

    /// Sends what was missed, if the outlet takes it.
    func catchUp() {
        guard hasBegun, !hasEnded, let outlet, outlet.isWritable else { return }
        var frames: [Frame] = []
        if isBehind {
            isBehind = false
            if let gap = subscriber.cache.backlog(subscriber.project, since: position, subscriber.request) {
                frames += gap.frames
                position = gap.position
                revision = gap.revision
                if !gap.frames.isEmpty { sentRevision = gap.revision }
            }
        }
        if let since = staleSince {
            frames.append(.stale(since: since))
            staleSince = nil
        }
        if isReadyDue, let revision = subscriber.cache.revision(of: subscriber.project) {
            frames.append(.ready(subscriber.project, revision))
            isReadyDue = false
        }
        if !frames.isEmpty { outlet.write(frames.map { Chunk($0) }) }
    }

    /// Sends some last frames and ends the stream.
    func end(with frames: [Frame]) {
        guard !hasEnded else { return }
        send(frames)
        hasEnded = true
        if outlet != nil { finish() }
    }

    /// The client is gone.
    func abandon() {
        hasEnded = true
        subscriber.finish()
    }

    private func finish() {
        outlet?.end()
        subscriber.finish()
    }

    private func send(_ frames: [Frame]) {
        guard let outlet else {
            opening += frames
            return
        }
        outlet.write(frames.map { Chunk($0) })
    }

    private func writableOutlet() -> (any Outlet)? {
        guard let outlet, !isBehind, outlet.isWritable else {
            isBehind = true
            return nil
        }
        return outlet
    }
}

extension Subscriber {
    func wants(_ event: SceneEvent) -> Bool {
        request.scenes?.contains(event.scene) ?? true
    }
}
