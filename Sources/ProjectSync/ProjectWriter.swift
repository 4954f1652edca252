/// Makes the writes of clients, in the database.
package protocol ProjectWriter: Sendable {
    /// `key`: the same write under the same key is made once, and answered alike. With a `caller` it is made in its name
    /// and with its rights.
    func write(
        _ write: ProjectWrite, to project: ProjectID, key: String?, as caller: Caller?
    ) async -> WriteOutcome

    /// The generations of a project's scenes, as a JSON object.
    func generations(of project: ProjectID) async -> GenerationsOutcome
}

/// What a client wants to be written.
package enum ProjectWrite: Sendable {
    /// A JSON array of images, each at a place that is free.
    case save(images: String)
    /// The same, at any place.
    case upsert(images: String)
    /// Removes the images of these scenes and ends their fallback; nil: of all.
    case regenerate(scenes: [Int32]?)
}

/// How a write ends.
package enum WriteOutcome: Sendable {
    /// It is committed, and `body` tells what it has made; `isReplay`: not now, but under the same key before.
    case done(status: Int, body: String, token: SyncToken, isReplay: Bool)
    /// Nothing was written. `problem` is what our functions call the reason, `members` a JSON object that tells more.
    case refused(status: Int, problem: String, members: String)
    /// Nothing was written, since a rule of the app's own in the database forbids it.
    case forbidden(reason: String)
    /// Nothing is known to be written; it may be tried again.
    case unavailable(reason: String)
    case failed
}

/// How a question for generations ends.
package enum GenerationsOutcome: Sendable {
    case found(String)
    case unknown
    case unavailable(reason: String)
    case failed
}
