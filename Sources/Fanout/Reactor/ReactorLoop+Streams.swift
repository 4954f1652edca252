import NIOCore
import ProjectSync
import Synchronization

extension ReactorLoop {
    // How a stream begins.

    /// A stream over a channel.
    func open(_ subscription: Subscription, for subscriber: Subscriber, over outlet: ChannelOutlet) {
        let key = connections.add(Connection(.channel(outlet), now: second))
        outlet.bear(key)
        open(subscription, for: subscriber, key)
    }

    func open(_ subscription: Subscription, for subscriber: Subscriber, _ key: ConnectionKey) {
        let count = house.counters.subscribers.wrappingAdd(1, ordering: .relaxed).newValue
        guard count <= house.limit, !isDraining, let seat = house.quota.admit(subscriber) else {
            house.counters.streamsRefused.wrappingAdd(1, ordering: .relaxed)
            house.counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
            return refuse(key, .full, of: subscription.projects, subscription.terms)
        }
        connections[key]?.seat = seat
        switch subscription {
        case .project(let project, let request, let terms):
            open(project, request, terms, key)
        case .projects(let members, let lastEventID, let token):
            open(JointStream(key, members, lastEventID: lastEventID), lastEventID, token)
        case .monitor(let window, let terms):
            open(window, terms, key)
        }
    }

    func open(_ project: ProjectID, _ request: StreamRequest, _ terms: StreamTerms?, _ key: ConnectionKey) {
        let topic = topics[project] ?? Topic(project)
        topics[project] = topic
        topic.streams += 1
        let ticket = Ticket(reactor, key, request)
        connections[key]?.stream = EventStream(topic, request, terms, ticket)
        guard let permit = terms?.permit else { return admit(key) }
        permit.check { [reactor] in reactor.submit(.permit(key, permit, $0)) }
    }

    /// The stream may be told of its project: the cache is asked for its beginning.
    func admit(_ key: ConnectionKey) {
        guard connections[key]?.stream?.admit() == true, let stream = connections[key]?.stream,
            let ticket = stream.ticket
        else { return }
        house.cache.watch(stream.topic.project, ticket.request, ticket)
    }

    func refuse(_ key: ConnectionKey, _ refusal: StreamRefusal, of projects: [ProjectID], _ terms: StreamTerms?) {
        leave(key)
        switch connections[key]?.way {
        case .channel(let outlet):
            outlet.decide(.refused(refusal))
            close(key)
        case .socket, .part, nil:
            transmit(Parcel([desk.refusal(refusal, of: projects, terms)]), to: key)
            if refusal.endsConnection || connections[key]?.isUnheard == true { closeWhenSent(key) }
        }
    }

    func isHeld(_ ticket: Ticket, by key: ConnectionKey) -> Bool {
        connections[key]?.stream?.ticket === ticket
    }

    func begin(_ key: ConnectionKey, _ opening: Opening) {
        guard let topic = connections[key]?.stream?.topic, connections[key]?.stream?.hasBegun == false else { return }
        // What has gathered came before, and is not for this one.
        flush(topic)
        connections[key]?.stream?.begin(opening)
        connections[key]?.stream?.place = topic.join(key)
        if case .part(let joint, let index)? = connections[key]?.way { return begin(index, of: joint, opening) }
        let stale = opening.staleSince.map { [Frame.stale(since: $0)] } ?? []
        let ready = opening.isLive ? [Frame.ready(topic.project, opening.revision)] : []
        send(stale + opening.frames + ready, to: key, after: openHead(key))
    }

    func wait(_ key: ConnectionKey, since: String) {
        guard let stream = connections[key]?.stream, !stream.hasBegun else { return }
        if case .part(let joint, let index)? = connections[key]?.way { return wait(index, of: joint, since: since) }
        if !stream.isOpen { send([.stale(since: since)], to: key, after: openHead(key)) }
    }

    func endUnknown(_ key: ConnectionKey) {
        guard let stream = connections[key]?.stream else { return }
        if case .part(let joint, let index)? = connections[key]?.way { return miss(index, of: joint) }
        let project = stream.topic.project
        if stream.isOpen { return end(key, with: [.deleted(project)]) }
        refuse(key, .unknownProject, of: [project], stream.terms)
    }

    /// What is sent before the first event; nothing later on.
    func openHead(_ key: ConnectionKey) -> [ByteBuffer] {
        guard connections[key]?.stream?.open() ?? connections[key]?.joint?.open() == true else { return [] }
        return head(key)
    }

    /// What is sent before a stream's first event; a channel's response is written by others.
    func head(_ key: ConnectionKey) -> [ByteBuffer] {
        switch connections[key]?.way {
        case .channel(let outlet):
            outlet.decide(.opened)
            return []
        case .socket, .part, nil:
            return [desk.streamHead(connections[key]?.terms)]
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
        case .ready(let revision, let position):
            flush(topic)
            let frames = [Frame.ready(topic.project, revision)]
            let parcel = Parcel(Chunk(frames).buffers)
            for key in topic.members {
                let takesIt = isWritable(key)
                switch connections[key]?.stream?.hearReady(at: position, isWritable: takesIt) {
                case .now: send(frames, as: parcel, to: key)
                case .due where takesIt: catchUp(key)
                case .due, .notOwed, nil: continue
                }
            }
        case .deleted:
            flush(topic)
            for key in topic.members { end(key, with: [.deleted(topic.project)]) }
        }
    }

    func hearStale(since: String) {
        flush()
        staleSince = since
        let frames = [Frame.stale(since: since)]
        let parcel = Parcel(Chunk(frames).buffers)
        for key in connections.keys {
            if let joint = connections[key]?.joint { tellStale(joint, since: since) }
            let takesIt = isWritable(key)
            guard connections[key]?.stream?.hearStale(isWritable: takesIt) == true else { continue }
            if connections[key]?.isPart == false { send(frames, as: parcel, to: key) }
        }
    }

    /// The end of a turn: each stream is told what has gathered.
    func flush() {
        let topics = gathering
        gathering = []
        for topic in topics { flush(topic) }
        guard !deliveries.isEmpty else { return }
        house.witness?.delivered(deliveries)
        deliveries = []
    }

    private func flush(_ topic: Topic) {
        guard let gathered = topic.gathered else { return }
        topic.gathered = nil
        let frames = gathered.frames(of: topic.project)
        let parcel = Parcel(Chunk(frames).buffers)
        var writes = 0
        for key in topic.members {
            let takesIt = isWritable(key)
            switch connections[key]?.stream?.hear(gathered, isWritable: takesIt) {
            case .all: transmit(frames, as: parcel, to: key)
            case .own(let own): transmit(own, as: Parcel(Chunk(own).buffers), to: key)
            case .nothing, nil: continue
            }
            writes += 1
        }
        topic.handOut(to: writes)
        if let writtenAt = topic.takeWrittenAt(), writes > 0 {
            deliveries.append(Delivery(project: topic.project, writtenAt_microseconds: writtenAt, streams: writes))
        }
        house.counters.writes.wrappingAdd(writes * gathered.count, ordering: .relaxed)
        house.counters.coalesced.wrappingAdd(writes * gathered.replaced, ordering: .relaxed)
    }

    func catchUp(_ key: ConnectionKey) {
        if let joint = connections[key]?.joint { return catchUp(joint) }
        if case .part(let joint, let index)? = connections[key]?.way { return catchUp(index, of: joint) }
        guard let frames = connections[key]?.stream?.catchUp(from: house.cache, staleSince: staleSince) else { return }
        send(frames, to: key)
    }

    // Each second.

    func beat(_ key: ConnectionKey) {
        guard let connection = connections[key], !endIfVanished(key) else { return }
        guard connection.isStream || connection.isPart else {
            if endIfSlow(key) { return }
            if second &- connection.lastActive > UInt32(house.rules.idle_seconds) { close(key) }
            return
        }
        if let permit = connection.stream?.terms?.permit ?? connection.monitor?.terms?.permit,
            !look(at: permit, of: key)
        {
            return
        }
        if connection.isPart { return }
        guard isTurn(of: key, every: UInt32(house.heartbeat_seconds)), connection.unsent == nil, connection.isOpen
        else {
            return
        }
        let position = connections[key]?.stream?.moveID()
        transmit(position.map { Parcel(Chunk([.heartbeat, $0]).buffers) } ?? heartbeat, to: key)
    }

    /// Whether its turn has come in this tick.
    func isTurn(of key: ConnectionKey, every period_seconds: UInt32) -> Bool {
        key.hasTurn(every: period_seconds, at: second, since: passed_seconds)
    }

    // How it ends.

    /// Sends last frames, which end the response.
    func end(_ key: ConnectionKey, with frames: [Frame]) {
        guard let connection = connections[key], connection.isStream else { return }
        if case .part(let joint, let index) = connection.way { return lose(index, of: joint, with: frames) }
        let head = openHead(key)
        leave(key)
        let chunk = frames.isEmpty ? [] : Chunk(frames).buffers
        switch connection.way {
        case .channel(let outlet):
            outlet.write(chunk)
            close(key)
        case .socket, .part:
            transmit(Parcel(head + chunk + [Chunk.last]), to: key)
            if isDraining || connections[key]?.isUnheard == true { closeWhenSent(key) }
        }
    }

    /// The stream is none any more; its connection may stay.
    func leave(_ key: ConnectionKey) {
        connections[key]?.seat = nil
        leaveMonitor(key)
        if let joint = connections[key]?.joint { leave(joint) }
        guard let stream = connections[key]?.stream else { return }
        connections[key]?.stream = nil
        if stream.isAdmitted { house.cache.unwatch(stream.topic.project, stream.ticket) }
        if stream.hasBegun, let moved = stream.topic.leave(stream.place) {
            connections[moved]?.stream?.place = stream.place
        }
        stream.topic.streams -= 1
        if stream.topic.streams == 0 { topics[stream.topic.project] = nil }
        if connections[key]?.isPart == true { return }
        house.counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
    }

    // What goes out. It is counted first: who has read it finds it counted.

    func send(_ frames: [Frame], to key: ConnectionKey, after head: [ByteBuffer] = []) {
        if frames.isEmpty && head.isEmpty { return }
        house.counters.writes.wrappingAdd(frames.count, ordering: .relaxed)
        transmit(Parcel(head + (frames.isEmpty ? [] : Chunk(frames).buffers)), to: key)
    }

    private func send(_ frames: [Frame], as parcel: Parcel, to key: ConnectionKey) {
        house.counters.writes.wrappingAdd(frames.count, ordering: .relaxed)
        transmit(frames, as: parcel, to: key)
    }

    /// Sends frames that are the same for many, and encoded once; a joint stream has ids of its own.
    private func transmit(_ frames: [Frame], as parcel: Parcel, to key: ConnectionKey) {
        guard case .part(let joint, let index)? = connections[key]?.way else { return transmit(parcel, to: key) }
        transmit(Parcel(Chunk(joint.address(frames, from: index)).buffers), to: key)
    }
}
