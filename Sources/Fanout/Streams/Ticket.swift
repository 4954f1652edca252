import ProjectSync

/// A stream that waits for the cache to tell how it begins.
final class Ticket: Watcher {
    private let reactor: Reactor
    private let key: ConnectionKey

    init(_ reactor: Reactor, _ key: ConnectionKey) {
        self.reactor = reactor
        self.key = key
    }

    func begin(_ opening: Opening) {
        reactor.submit(.begin(key, opening))
    }

    func wait(staleSince since: String) {
        reactor.submit(.wait(key, since: since))
    }

    func endUnknown() {
        reactor.submit(.endUnknown(key))
    }
}
