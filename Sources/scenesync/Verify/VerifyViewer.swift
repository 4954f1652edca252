import Postgres

/// What a browser on the scratch project's stream has been told so far.
actor VerifyViewer {
    struct Seen: Sendable {
        var images = SceneLists()
        var isReady = false
        var isDeleted = false
    }

    private var seen = Seen()
    private var failure: String?
    private var waiters: [(holds: @Sendable (Seen) -> Bool, promise: Promise<Void>)] = []

    func receive(_ event: StreamEvent) {
        do {
            switch event.name {
            case "snapshot": seen.images = try SceneLists(snapshot: event.data)
            case "scene": try seen.images.apply(scene: event.data)
            case "ready": seen.isReady = true
            case "stale": seen.isReady = false
            case "deleted": seen.isDeleted = true
            default: break
            }
        } catch {
            end("\(error)")
        }
        waiters.removeAll { waiter in waiter.holds(seen) && waiter.promise.settle(.success(())) }
    }

    /// Nothing more will come.
    func end(_ why: String) {
        failure = failure ?? why
        for waiter in waiters { waiter.promise.settle(.failure(VerifyFailure(why))) }
        waiters = []
    }

    func images(of scene: Int32) -> [String]? {
        seen.images.lists[scene]
    }

    func wait(for what: String, until holds: @escaping @Sendable (Seen) -> Bool) async throws {
        if holds(seen) { return }
        if let failure { throw VerifyFailure("\(what): the stream has ended: \(failure)") }
        let promise = Promise<Void>()
        waiters.append((holds, promise))
        try await Patience.within(Patience.arrival, what) { try await promise.value() }
    }
}
