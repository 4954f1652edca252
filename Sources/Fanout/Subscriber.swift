import NIOCore
import ProjectSync

/// One open event stream: what the cache and the route hold of it. Its state lives on its event loop.
package final class Subscriber: Watcher {
    /// Distinguishes subscribers of one loop, and spreads their heartbeats.
    let number: UInt64
    package let project: ProjectID
    package let request: StreamRequest
    let cache: ProjectCache
    private let loop: LoopHub
    private let decision: EventLoopPromise<Bool>
    private let ended: EventLoopPromise<Void>

    init(_ number: UInt64, project: ProjectID, request: StreamRequest, cache: ProjectCache, loop: LoopHub) {
        self.number = number
        self.project = project
        self.request = request
        self.cache = cache
        self.loop = loop
        decision = loop.eventLoop.makePromise()
        ended = loop.eventLoop.makePromise()
    }

    /// Asks the cache. True if the stream is to be opened, false if there is no such project.
    package func open() async throws -> Bool {
        cache.watch(project, request, self)
        return try await decision.futureResult.get()
    }

    /// Serves the stream over `channel`, whose response head has been written, until one side ends it.
    package func serve(over channel: any Channel) async throws {
        try await loop.attach(self, to: channel)
        try await ended.futureResult.get()
    }

    /// To be called once, whatever happened to the stream.
    package func close() {
        cache.unwatch(project, self)
        decision.succeed(false)
        finish()
        loop.submit(.remove(self))
    }

    package func begin(_ opening: Opening) {
        loop.submit(.begin(self, opening))
        decision.succeed(true)
    }

    package func wait(staleSince since: String) {
        loop.submit(.wait(self, since: since))
        decision.succeed(true)
    }

    package func endUnknown() {
        loop.submit(.endUnknown(self))
        decision.succeed(false)
    }

    func finish() {
        ended.succeed(())
    }
}
