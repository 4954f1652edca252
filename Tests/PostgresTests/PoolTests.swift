import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(2)))
struct PoolTests {
    private func pool(_ size: Int) throws -> SessionPool {
        let database = try Database.current
        return SessionPool(database.settings(), size: size, on: database.server.loop)
    }

    @Test func `a hundred queries use no more sessions than the pool has, and each of them`() async throws {
        let pool = try pool(3)

        let pids = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for _ in 0..<100 {
                group.addTask { try await pool.query("SELECT pg_backend_pid(), pg_sleep(0.001)").int64(0, 0) }
            }
            return try await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
        }

        #expect(pids.count == 3)
    }

    @Test func `one query after another uses one session`() async throws {
        let pool = try pool(3)

        var pids: Set<Int64?> = []
        for _ in 0..<10 {
            pids.insert(try await pool.queryPrepared("SELECT pg_backend_pid()").int64(0, 0))
        }

        #expect(pids.count == 1)
    }

    @Test func `a lost session is replaced`() async throws {
        let pool = try pool(1)
        let before = try await pool.query("SELECT pg_backend_pid()").int64(0, 0)
        let error = await failure { try await pool.query("SELECT pg_terminate_backend(pg_backend_pid())") }
        #expect(error?.isConnectionLoss == true)

        let after = try await pool.query("SELECT pg_backend_pid()").int64(0, 0)

        #expect(after != nil && after != before)
    }

    @Test func `a caller who leaves does not take the opening session with him`() async throws {
        let pool = try pool(1)
        let first = Task { try await pool.query("SELECT 1") }
        async let second = pool.query("SELECT 2")

        first.cancel()

        #expect(try await second.int64(0, 0) == 2)
        _ = try? await first.value
    }

    @Test func `sessions opened, used, closed, killed and dropped all at once do not get in each other's way`()
        async throws
    {
        let database = try Database.current

        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    await #expect(throws: Never.self) {
                        let session = try await database.open()
                        #expect(try await session.query("SELECT $1::int", ["\(number)"]).int64(0, 0) == Int64(number))
                        switch number % 4 {
                        case 0: await session.close()
                        case 1:
                            _ = await failure {
                                try await session.query("SELECT pg_terminate_backend(pg_backend_pid())")
                            }
                        case 2:
                            _ = await failure {
                                try await session.query("SELECT pg_sleep(9)", deadline: .milliseconds(5))
                            }
                        default: break
                        }
                    }
                }
            }
        }
    }
}
