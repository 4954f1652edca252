import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(1)))
struct ProxyLinkTests {
    private func stage() async throws -> (Proxy, Session) {
        let database = try Database.current
        let proxy = try Proxy(to: database.server.port)
        let settings = ConnectionSettings(
            "host=127.0.0.1 port=\(proxy.port) user=\(Role.owner.rawValue) dbname=\(database.name)")
        return (proxy, try await Session.open(settings, on: database.server.loop))
    }

    @Test(arguments: [ProxyLink.Direction.toServer, .toClient])
    func `what is silent loses nothing, and is told once it is healed`(direction: ProxyLink.Direction) async throws {
        let (proxy, session) = try await stage()
        let direct = try await Database.current.open()

        proxy.silence([direction])
        async let answer = {
            let rows = try await session.query("SELECT 2")
            return (rows.int64(0, 0), ContinuousClock.now)
        }()
        try await direct.query("SELECT pg_sleep(0.3)")
        let healing = ContinuousClock.now
        proxy.heal()

        let (value, time) = try await answer
        #expect(value == 2)
        #expect(time >= healing)
    }

    @Test func `who has left refuses, and leads elsewhere when he is back`() async throws {
        let database = try Database.current
        let proxy = try Proxy(to: 1)
        let settings = ConnectionSettings(
            "host=127.0.0.1 port=\(proxy.port) user=\(Role.owner.rawValue) dbname=\(database.name)")

        proxy.leave()
        try await eventually("it refuses") {
            do {
                try await Session.open(settings, on: database.server.loop).close()
                return false
            } catch {
                return "\(error)".contains("refused")
            }
        }
        proxy.lead(to: database.server.port)

        try await eventually("it leads to the server") {
            await (try? Session.open(settings, on: database.server.loop))?.close() != nil
        }
    }

    @Test func `a client that is cut off is told, and one that has lost its server is not until it is healed`()
        async throws
    {
        let (proxy, session) = try await stage()

        proxy.lose(.server)
        await #expect(throws: PostgresError.timedOut(.milliseconds(300))) {
            try await session.query("SELECT 1", deadline: .milliseconds(300))
        }
        let (other, cut) = try await stage()
        other.cut()

        _ = try await cut.waitUntilLost()
        #expect(proxy.links == 1)
        proxy.heal()
        try await eventually("the half is gone") { proxy.links == 0 }
    }
}
