import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(1)))
struct ServerErrorTests {
    private func error(of sql: String) async throws -> ServerError {
        let session = try await Database.current.open()
        guard case .server(let error)? = await failure({ try await session.query(sql) }) else {
            throw PostgresError.badSettings("\(sql) has not failed")
        }
        return error
    }

    @Test func `the words of the server are told, and what they are about, without a value`() async throws {
        let error = try await error(
            of: """
                DO $$ BEGIN
                    CREATE TEMPORARY TABLE t (v text CONSTRAINT known CHECK (v <> 'secret'));
                    INSERT INTO t VALUES ('secret');
                END $$
                """)

        #expect(error.detail?.contains("secret") == true)
        #expect(!error.description.contains("secret"))
        #expect(error.withoutValues.hasPrefix("new row for relation \"t\" violates check constraint \"known\" (23514)"))
        #expect(error.withoutValues.contains("table t, constraint known, PL/pgSQL function inline_code_block"))
        #expect(!error.withoutValues.contains("secret"))
    }

    @Test(arguments: [
        ("SELECT 'secret'::integer", "22P02"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'secret', TABLE = 'secret'; END $$", "42501"),
        ("DO $$ BEGIN EXECUTE 'SELECT 1 ''secret'''; END $$", "42601"),
        ("DO $$ BEGIN RAISE 'secret'; END $$", "P0001"),
    ])
    func `words that may have a value in them are not`(sql: String, code: String) async throws {
        let error = try await error(of: sql)

        #expect(error.message.contains("secret"))
        #expect(error.withoutValues.hasPrefix("an error \(code)"))
        #expect(!error.withoutValues.contains("secret"))
        #expect(!PostgresError.server(error).withoutValues.contains("secret"))
    }
}
