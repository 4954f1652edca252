import ChangeFeed
import Glibc
import Logging
import NIOCore
import NIOPosix
import Postgres
import SyncHTTP

/// The daemon's gates, and what runs for them: the reading of keys, questions to the database, the administrators' address.
struct DaemonAccess {
    let gate: Gate
    private let adminGate: Gate?
    private let adminListen: ListenAddress?
    /// Of an issuer, to be read again.
    private let keys: KeyRing?
    private let rowSecurity: RowSecurity?
    private let logger: Logger

    /// Reads the keys for the first time.
    static func open(_ configuration: DaemonConfiguration, logger: Logger) async throws -> DaemonAccess {
        let access = configuration.access
        let keys = try await keys(access.tokens, logger)
        let rowSecurity = try rowSecurity(configuration, logger)
        var tokens: TokenAccess?
        if let keys, let wanted = access.tokens {
            tokens = TokenAccess(
                Authenticator(keys, wanted.rules), cookie: wanted.cookie, rowSecurity: rowSecurity,
                interval_seconds: UInt32(wanted.reauthorize_seconds))
        }
        let gate = Gate(
            hosts: configuration.listen.hosts(access.hosts), origins: OriginRule(access.origins),
            scope: access.adminListen == nil ? .everything : .withoutAdministration, tokens: tokens)
        let adminGate = access.adminListen.map { Gate(hosts: $0.hosts(access.hosts), scope: .administration) }
        return DaemonAccess(
            gate: gate, adminGate: adminGate, adminListen: access.adminListen,
            keys: access.tokens?.keys == nil ? nil : keys, rowSecurity: rowSecurity, logger: logger)
    }

    var hasToRun: Bool { keys != nil || rowSecurity != nil || adminListen != nil }

    /// Until it is cancelled.
    func run(_ responder: SyncResponder) async throws {
        try await withThrowingTaskGroup { tasks in
            if let keys { tasks.addTask { await keys.run() } }
            if let rowSecurity { tasks.addTask { await rowSecurity.run() } }
            if let adminListen, let adminGate {
                tasks.addTask { try await serve(responder.behind(adminGate), at: adminListen) }
            }
            try await tasks.waitForAll()
        }
    }

    private func serve(_ responder: SyncResponder, at address: ListenAddress) async throws {
        let server = AdminServer(
            responder, host: address.host, port: address.port, on: MultiThreadedEventLoopGroup.singleton
        ) { [logger] port in
            logger.info("administration", metadata: ["address": "http://\(address.text(port: port))"])
        }
        do {
            try await server.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StartError("the address \(address.text(port: address.port)) is already in use")
        }
    }

    private static func keys(_ tokens: AccessConfiguration.Tokens?, _ logger: Logger) async throws -> KeyRing? {
        guard let tokens else { return nil }
        if tokens.keys?.isPlainAndRemote == true {
            logger.warning("the issuer's keys come by plain HTTP: who is on the way can put others there")
        }
        let keys = try await KeyRing(secret: tokens.secret, source: tokens.keys, logger: logger)
        do {
            try await keys.begin()
        } catch {
            throw ConfigurationError("\(error)")
        }
        return keys
    }

    private static func rowSecurity(_ configuration: DaemonConfiguration, _ logger: Logger) throws -> RowSecurity? {
        guard let tokens = configuration.access.tokens, tokens.authorize == .rls else { return nil }
        let database = DatabaseGuard(
            connectionString: configuration.databaseURL, loop: try PollLoop.start(name: "rights"), logger: logger)
        return RowSecurity(database, interval: .seconds(tokens.reauthorize_seconds))
    }
}

extension ListenAddress {
    fileprivate func hosts(_ allowed: [String]) -> HostRule {
        HostRule(address: host, isLoopback: isLoopback, allowed: allowed)
    }
}
