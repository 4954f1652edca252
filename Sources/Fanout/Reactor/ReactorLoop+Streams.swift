import NIOCore
import ProjectSync
import Synchronization

extension ReactorLoop {
    // How a stream begins.

    /// A stream over a channel.
    func open(_ project: ProjectID, _ request: StreamRequest, for subscriber: Subscriber, over outlet: ChannelOutlet) {
        let key = connections.add(Connection(.channel(outlet), now: second))
        outlet.bear(key)
        open(project, request, for: subscriber, key)
    }

    func open(_ project: ProjectID, _ request: StreamRequest, for subscriber: Subscriber, _ key: ConnectionKey) {
        let count = house.counters.subscribers.wrappingAdd(1, ordering: .relaxed).newValue
        guard count <= house.limit, !isDraining, let permit = house.quota.admit(subscriber) else {
            house.counters.streamsRefused.wrappingAdd(1, ordering: .relaxed)
            house.counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
            return turnAway(key)
        }
        let topic = topics[project] ?? Topic(project)
        topics[project] = topic
        topic.streams += 1
        let ticket = Ticket(reactor, key)
        connections[key]?.stream = EventStream(topic, request, ticket, permit)
        house.cache.watch(project, request, ticket)
    }

    private func turnAway(_ key: ConnectionKey) {
        switch connections[key]?.way {
        case .channel(let outlet):
            outlet.decide(.full)
            close(key)
        case .socket, nil:
            transmit(Parcel([desk.full()]), to: key)
            closeWhenSent(key)
        }
    }

    func begin(_ key: ConnectionKey, _ opening: Opening) {
        guard let topic = connections[key]?.stream?.topic, connections[key]?.stream?.hasBegun == false else { return }
        // What has gathered came before, and is not for this one.
        flush(topic)
        let head = openHead(key)
        connections[key]?.stream?.begin(opening)
        connections[key]?.stream?.place = topic.join(key)
        send(opening.frames, to: key, after: head)
    }

    func wait(_ key: ConnectionKey, since: String) {
        guard let stream = connections[key]?.stream, !stream.hasBegun, !stream.isOpen else { return }
        send([.stale(since: since)], to: key, after: openHead(key))
    }

    func endUnknown(_ key: ConnectionKey) {
        guard let stream = connections[key]?.stream else { return }
        let project = stream.topic.project
        if stream.isOpen { return end(key, with: [.deleted(project)]) }
        leave(key)
        switch connections[key]?.way {
        case .channel(let outlet):
            outlet.decide(.unknown)
            close(key)
        case .socket, nil:
            transmit(Parcel([desk.unknown(project)]), to: key)
        }
    }

    private func openHead(_ key: ConnectionKey) -> [ByteBuffer] {
        guard connections[key]?.stream?.open() == true else { return [] }
        switch connections[key]?.way {
        case .channel(let outlet):
            outlet.decide(.opened)
            return []
        case .socket, nil:
            return [desk.streamHead()]
        }
    }

    // What it hears.

    func hear(_ publication: Publication, on topic: Topic) {
        switch publication {
        case .scenes(let events, let revision, let position):
            if topic.gathered == nil { gathering.append(topic) }
            if topic.gathered?.add(events, revision, position: position) == nil {
                topic.gathered = Gathered(events, revision, position: position)
            }
        case .snapshot(let body, let position):
            if topic.gathered == nil { gathering.append(topic) }
            if topic.gathered?.add(body, position: position) == nil {
                topic.gathered = Gathered(body, position: position)
            }
        case .ready(let revision):
            flush(topic)
            let parcel = Parcel(Chunk(.ready(topic.project, revision)).buffers)
            for key in topic.members {
                let takesIt = isWritable(key)
                if connections[key]?.stream?.hearReady(isWritable: takesIt) == true { send(parcel, events: 1, to: key) }
            }
        case .deleted:
            flush(topic)
            for key in topic.members { end(key, with: [.deleted(topic.project)]) }
        }
    }

    func hearStale(since: String) {
        flush()
        staleSince = since
        let parcel = Parcel(Chunk(.stale(since: since)).buffers)
        for key in connections.keys {
            let takesIt = isWritable(key)
            if connections[key]?.stream?.hearStale(isWritable: takesIt) == true { send(parcel, events: 1, to: key) }
        }
    }

    /// The end of a turn: each stream is told what has gathered.
    func flush() {
        let topics = gathering
        gathering = []
        for topic in topics { flush(topic) }
    }

    private func flush(_ topic: Topic) {
        guard let gathered = topic.gathered else { return }
        topic.gathered = nil
        let all = Parcel(Chunk(gathered.frames(of: topic.project)).buffers)
        var writes = 0
        for key in topic.members {
            let takesIt = isWritable(key)
            guard let parcel = connections[key]?.stream?.hear(gathered, all: all, isWritable: takesIt) else { continue }
            transmit(parcel, to: key)
            writes += 1
        }
        house.counters.writes.wrappingAdd(writes * gathered.count, ordering: .relaxed)
        house.counters.coalesced.wrappingAdd(writes * gathered.replaced, ordering: .relaxed)
    }

    func catchUp(_ key: ConnectionKey) {
        guard let frames = connections[key]?.stream?.catchUp(from: house.cache, staleSince: staleSince) else { return }
        send(frames, to: key)
    }

    // Each second.

    func beat(_ key: ConnectionKey) {
        guard let connection = connections[key] else { return }
        guard connection.stream != nil else {
            if endIfSlow(key) { return }
            if second &- connection.lastActive > UInt32(house.rules.idle_seconds) { close(key) }
            return
        }
        let period = UInt32(house.heartbeat_seconds)
        guard key.index % period == second % period, connection.unsent == nil, connection.stream?.isOpen == true else {
            return
        }
        let position = connections[key]?.stream?.moveID()
        transmit(position.map { Parcel(Chunk([.heartbeat, $0]).buffers) } ?? heartbeat, to: key)
    }

    // How it ends.

    /// Sends last frames, which end the response.
    func end(_ key: ConnectionKey, with frames: [Frame]) {
        guard connections[key]?.stream != nil else { return }
        let head = openHead(key)
        leave(key)
        let chunk = Chunk(frames).buffers
        switch connections[key]?.way {
        case .channel(let outlet):
            outlet.write(chunk)
            close(key)
        case .socket, nil:
            transmit(Parcel(head + chunk + [Chunk.last]), to: key)
            if isDraining { closeWhenSent(key) }
        }
    }

    /// The stream is none any more; its connection may stay.
    func leave(_ key: ConnectionKey) {
        guard let stream = connections[key]?.stream else { return }
        connections[key]?.stream = nil
        house.counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
        house.cache.unwatch(stream.topic.project, stream.ticket)
        if stream.hasBegun, let moved = stream.topic.leave(stream.place) {
            connections[moved]?.stream?.place = stream.place
        }
        stream.topic.streams -= 1
        if stream.topic.streams == 0 { topics[stream.topic.project] = nil }
    }

    private func send(_ frames: [Frame], to key: ConnectionKey, after head: [ByteBuffer] = []) {
        if frames.isEmpty && head.isEmpty { return }
        send(Parcel(head + (frames.isEmpty ? [] : Chunk(frames).buffers)), events: frames.count, to: key)
    }

    private func send(_ parcel: Parcel, events: Int, to key: ConnectionKey) {
        transmit(parcel, to: key)
        house.counters.writes.wrappingAdd(events, ordering: .relaxed)
    }
}
