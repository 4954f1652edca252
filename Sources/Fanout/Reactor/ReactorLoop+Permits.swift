import ProjectSync

extension ReactorLoop {
    /// After how many seconds a question that nobody could answer is put again.
    private static let patience_seconds: UInt32 = 2

    /// Each second, for each stream that needs a right. Whether the stream goes on.
    func look(at permit: any Permit, of key: ConnectionKey) -> Bool {
        if let end = permit.end_seconds, wallSecond >= end {
            expire(key, .unauthenticated)
            return false
        }
        guard let checksAt = connections[key]?.checksAt, second >= checksAt else { return true }
        // Until there is an answer it is not asked again.
        connections[key]?.checksAt = .max
        permit.check { [reactor] in reactor.submit(.permit(key, permit, $0)) }
        return true
    }

    func hear(_ state: PermitState, of permit: any Permit, _ key: ConnectionKey) {
        // The connection may bear another stream by now.
        guard connections[key]?.terms?.permit === permit else { return }
        guard let stream = connections[key]?.stream else { return hearOfMonitor(state, of: key) }
        switch state {
        case .holds(let seconds):
            connections[key]?.checksAt = second &+ max(1, seconds)
            admit(key)
        case .unknown where stream.isAdmitted:
            // What it is told comes from the same database: it hears nothing new before that can be asked.
            connections[key]?.checksAt = second &+ Self.patience_seconds
        case .unknown:
            refuse(key, stream, .full)
        case .ended(let refusal):
            expire(key, refusal)
        }
    }

    /// It was admitted when it came.
    private func hearOfMonitor(_ state: PermitState, of key: ConnectionKey) {
        switch state {
        case .holds(let seconds): connections[key]?.checksAt = second &+ max(1, seconds)
        case .unknown: connections[key]?.checksAt = second &+ Self.patience_seconds
        case .ended: if connections[key]?.monitor != nil { end(key, with: [.expired]) }
        }
    }

    /// The right has ended: a stream that has begun is told so, one that has not is refused. A joint stream loses a
    /// project, or ends with its token.
    private func expire(_ key: ConnectionKey, _ refusal: StreamRefusal) {
        guard let stream = connections[key]?.stream else { return hearOfMonitor(.ended(refusal), of: key) }
        switch (connections[key]?.way, refusal) {
        case (.part, .unknownProject): end(key, with: [.deleted(stream.topic.project)])
        case (.part(let joint, _), _) where joint.isOpen: end(joint.key, with: [.expired])
        case (.part, _): refuse(key, stream, refusal)
        case _ where stream.isOpen: end(key, with: [.expired])
        default: refuse(key, stream, refusal)
        }
    }

    private func refuse(_ key: ConnectionKey, _ stream: EventStream, _ refusal: StreamRefusal) {
        guard case .part(let joint, _)? = connections[key]?.way else {
            return refuse(key, refusal, of: [stream.topic.project], stream.terms)
        }
        if joint.isOpen {
            end(joint.key, with: [])
        } else {
            refuse(joint.key, refusal, of: joint.projects, stream.terms)
        }
    }
}
