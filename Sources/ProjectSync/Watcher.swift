/// A subscriber, as the cache knows it. Called under the cache's lock: take note and return.
package protocol Watcher: AnyObject, Sendable {
    /// The stream begins, or goes on after it had to wait.
    func begin(_ opening: Opening)
    /// Nothing can be told before the database is back.
    func wait(staleSince: String)
    /// There is no such project.
    func endUnknown()
}

/// What a stream asks for of a project.
package struct StreamRequest: Sendable {
    /// The last event id that the client bears; nil for a new stream.
    package let lastEventID: String?
    /// The scenes that it follows; nil for all.
    package let scenes: Set<Int32>?
    /// The write that it has to begin after.
    package let token: SyncToken?

    package init(lastEventID: String? = nil, scenes: Set<Int32>? = nil, after token: SyncToken? = nil) {
        self.lastEventID = lastEventID
        self.scenes = scenes
        self.token = token
    }

    package func wants(_ event: SceneEvent) -> Bool {
        scenes?.contains(event.scene) ?? true
    }
}
