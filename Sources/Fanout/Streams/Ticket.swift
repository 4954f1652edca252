import ProjectSync

/// A stream that waits for the cache to tell how it begins.
final class Ticket: Watcher {
    private let reactor: Reactor
    private let key: ConnectionKey
    let request: StreamRequest

    init(_ reactor: Reactor, _ key: ConnectionKey, _ request: StreamRequest) {
        self.reactor = reactor
        self.key = key
        self.request = request
    }

    func begin(_ opening: Opening) {
        reactor.submit(.begin(key, self, opening))
    }

    func wait(staleSince since: String) {
        reactor.submit(.wait(key, self, since: since))
    }

    func endUnknown() {
        reactor.submit(.endUnknown(key, self))
    }
}
