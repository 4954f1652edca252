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
        guard let checksAt = connections[key]?.stream?.checksAt, second >= checksAt else { return true }
        // Until there is an answer it is not asked again.
        connections[key]?.stream?.checksAt = .max
        permit.check { [reactor] in reactor.submit(.permit(key, $0)) }
        return true
    }

    func hear(_ state: PermitState, of key: ConnectionKey) {
        guard let stream = connections[key]?.stream else { return }
        switch state {
        case .holds(let seconds):
            connections[key]?.stream?.checksAt = second &+ max(1, seconds)
            admit(key)
        case .unknown where stream.isAdmitted:
            // What it is told comes from the same database: it hears nothing new before that can be asked.
            connections[key]?.stream?.checksAt = second &+ Self.patience_seconds
        case .unknown:
            refuse(key, .full, of: stream.topic.project, stream.terms)
        case .ended(let refusal):
            expire(key, refusal)
        }
    }

    /// The right has ended: a stream that has begun is told so, one that has not is refused.
    private func expire(_ key: ConnectionKey, _ refusal: StreamRefusal) {
        guard let stream = connections[key]?.stream else { return }
        guard stream.isOpen else { return refuse(key, refusal, of: stream.topic.project, stream.terms) }
        end(key, with: [.expired])
    }
}
