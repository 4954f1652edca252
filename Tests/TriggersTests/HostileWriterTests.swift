import Postgres
import PostgresTestSupport
import Testing

/// Our functions run as the owner, in the session of somebody else.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct HostileWriterTests {
    /// One of each kind, and what they announce.
    private let work: [(sql: String, announces: String)] = [
        ("INSERT INTO @images VALUES (@A, 3, 0, 'x')", "insert A 1 row: 3/0=x"),
        ("INSERT INTO @images VALUES (@A, 4, 0, 'x'), (@A, 4, 1, 'y')", "insert A 2 rows: 4/0=x 4/1=y"),
        ("UPDATE public.generated_images SET image_url = 'z' WHERE scene_index == 4", "update A 2 rows: 4/0=z 4/1=z"),
        (
            "UPDATE public.generated_images SET scene_index = 5 WHERE scene_index == 3",
            "update A 1 row: 5/0=x, gone 3/0, lost 3"
        ),
        ("DELETE FROM public.generated_images WHERE scene_index == 5", "delete A 1 row: gone 5/0, lost 5"),
        (
            "UPDATE public.content_creation_requests SET generated_output = '1' WHERE id == @C",
            "project_update C 1 row: reload"
        ),
        ("UPDATE public.content_creation_requests SET id = @D WHERE id == @C", "project_delete C 1 row: reload"),
        ("DELETE FROM public.content_creation_requests WHERE id == @B", "project_delete B 1 row: reload"),
        ("TRUNCATE public.generated_images", "truncate * 0 rows: reload"),
        ("TRUNCATE public.content_creation_requests CASCADE", "project_truncate * 0 rows: reload"),
    ]

    private func work(_ feed: Feed, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for (sql, announces) in work {
            let qualified = sql.withNames
                .replacing("INTO generated_images", with: "INTO public.generated_images")
                .replacing("::uuid", with: "::pg_catalog.uuid")
                .replacing("==", with: "OPERATOR(pg_catalog.=)")

            try await feed.writer.query(qualified)

            let heard = try await feed.heard().map(\.summary)
            #expect(heard.contains(announces), "\(heard)", sourceLocation: sourceLocation)
        }
        let memories = Set(try await feed.memories())
        #expect(
            memories == ["A 1", "A 2", "A 3", "A 4", "A 5", "A ended", "B ended", "C ended"],
            sourceLocation: sourceLocation)
    }

    @Test(arguments: Feed.Way.allCases)
    func `functions and operators of the writer's schema are not ours`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let admin = try await Database.current.open(as: .superuser)
        try await admin.query("CREATE SCHEMA evil AUTHORIZATION app_writer")
        try await feed.writer.run(script: Self.impostors)
        try await feed.writer.query("SET search_path = evil, pg_catalog, public")
        // They are what the writer gets.
        #expect(try await feed.writer.query("SELECT octet_length('x'::pg_catalog.text)").int64(0, 0) == -1)
        await #expect(throws: PostgresError.self) {
            try await feed.writer.query("SELECT 'a'::pg_catalog.text || 'b'::pg_catalog.text")
        }

        try await work(feed)
    }

    private static let impostors = """
        GRANT USAGE ON SCHEMA evil TO PUBLIC;
        CREATE FUNCTION evil.fail() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil was here'; END $$;
        CREATE FUNCTION evil.fails(text, text) RETURNS text LANGUAGE sql AS 'SELECT evil.fail()::text';
        CREATE FUNCTION evil.fails(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT evil.fail()';
        CREATE FUNCTION evil.fails(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT evil.fail()';
        CREATE OPERATOR evil.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.fails);
        CREATE OPERATOR evil.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = evil.fails);
        CREATE OPERATOR evil.<= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = evil.fails);
        CREATE FUNCTION evil.octet_length(text) RETURNS integer LANGUAGE sql AS 'SELECT -1';
        CREATE FUNCTION evil.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT evil.fail()';
        CREATE FUNCTION evil.nextval(regclass) RETURNS bigint LANGUAGE sql AS 'SELECT -1::bigint';
        CREATE FUNCTION evil.to_json(text) RETURNS json LANGUAGE sql AS $$ SELECT '"evil"'::json $$;
        CREATE FUNCTION evil.cardinality(integer[]) RETURNS integer LANGUAGE sql AS 'SELECT -1';
        CREATE FUNCTION evil.pg_current_xact_id() RETURNS xid8 LANGUAGE sql AS $$ SELECT '1'::xid8 $$;
        CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()';
        CREATE FUNCTION evil.pg_try_advisory_xact_lock_shared(integer, integer) RETURNS boolean LANGUAGE sql
            AS 'SELECT evil.fail()';
        CREATE FUNCTION evil.date_part(text, timestamptz) RETURNS double precision LANGUAGE sql AS 'SELECT -1.0';
        CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT 'epoch'::timestamptz $$;
        CREATE FUNCTION evil.pg_backend_pid() RETURNS integer LANGUAGE sql AS 'SELECT -1';
        CREATE FUNCTION evil.record_image_ne(record, record) RETURNS boolean LANGUAGE plpgsql
            AS $$ BEGIN RETURN false; END $$;
        CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1';
        CREATE FUNCTION evil.byteacat(bytea, bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1';
        CREATE FUNCTION evil.convert_to(text, name) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea';
        CREATE FUNCTION evil.encode(bytea, text) RETURNS text LANGUAGE sql AS $$ SELECT 'evil' $$;
        CREATE FUNCTION evil.substr(bytea, integer, integer) RETURNS bytea LANGUAGE sql AS 'SELECT $1';
        CREATE FUNCTION evil.concat(VARIADIC text[]) RETURNS text LANGUAGE sql AS $$ SELECT 'evil' $$;
        CREATE FUNCTION evil.step(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT -5::bigint';
        CREATE FUNCTION evil.step(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT -5::bigint';
        CREATE FUNCTION evil.step(integer[], integer) RETURNS integer[] LANGUAGE sql AS $$ SELECT '{666}'::integer[] $$;
        CREATE FUNCTION evil.step(text, text, text) RETURNS text LANGUAGE sql AS $$ SELECT 'evil' $$;
        CREATE AGGREGATE evil.count(*) (SFUNC = evil.step, STYPE = bigint, INITCOND = '-5');
        CREATE AGGREGATE evil.max(bigint) (SFUNC = evil.step, STYPE = bigint, INITCOND = '-5');
        CREATE AGGREGATE evil.array_agg(integer) (SFUNC = evil.step, STYPE = integer[], INITCOND = '{}');
        CREATE AGGREGATE evil.string_agg(text, text) (SFUNC = evil.step, STYPE = text, INITCOND = 'evil');
        CREATE TYPE evil.text AS ENUM ('evil');
        CREATE TYPE evil.uuid AS ENUM ('evil');
        CREATE DOMAIN evil.integer AS pg_catalog.text CHECK (VALUE = 'evil');
        CREATE DOMAIN evil.int4 AS pg_catalog.text CHECK (VALUE = 'evil');
        CREATE DOMAIN evil.int8 AS pg_catalog.text CHECK (VALUE = 'evil');
        CREATE CAST (evil.text AS pg_catalog.text) WITH INOUT AS IMPLICIT;
        CREATE CAST (pg_catalog.text AS evil.text) WITH INOUT AS IMPLICIT;
        CREATE CAST (pg_catalog.uuid AS evil.uuid) WITH INOUT AS IMPLICIT;
        CREATE CAST (pg_catalog.int4 AS evil.text) WITH INOUT AS IMPLICIT;
        CREATE TABLE evil.generated_images (LIKE public.generated_images);
        CREATE TABLE evil.settings (channel text);
        CREATE TABLE evil.changes (operation text);
        CREATE TABLE evil.new_rows (id uuid);
        """

    @Test(arguments: Feed.Way.allCases)
    func `temporary tables that bear our names are not ours`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.writer.run(
            script: """
                CREATE TEMP TABLE generated_images (LIKE public.generated_images);
                CREATE TEMP TABLE content_creation_requests (id uuid);
                CREATE TEMP TABLE settings (channel text, keyed boolean);
                CREATE TEMP TABLE deletions (project uuid, scene integer, xid xid8, n bigint);
                CREATE TEMP TABLE changes (
                    operation text, project uuid, touched bigint, scenes integer[], places integer[], departed integer[]
                );
                CREATE TEMP TABLE change_number (last_value bigint);
                CREATE TEMP TABLE new_rows (id uuid);
                CREATE TEMP TABLE old_rows (id uuid);
                CREATE TEMP TABLE pg_class (id uuid);
                CREATE DOMAIN pg_temp.uuid AS text CHECK (VALUE = 'evil');
                CREATE DOMAIN pg_temp.bigint AS text CHECK (VALUE = 'evil');
                SET search_path = pg_temp, pg_catalog, public;
                """)

        try await work(feed)
    }

    @Test(
        arguments: [
            "default_transaction_isolation = 'repeatable read'", "lock_timeout = '1s'",
            "client_encoding = 'LATIN1'; SET extra_float_digits = -15; SET timezone = 'Asia/Kathmandu'",
            "datestyle = 'German'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'escape'",
            "standard_conforming_strings = off; SET transform_null_equals = on; SET array_nulls = off",
            "row_security = off", "search_path = ''", "quote_all_identifiers = on; SET check_function_bodies = off",
            "plpgsql.extra_errors = 'all'", "plan_cache_mode = 'force_custom_plan'",
            "plan_cache_mode = 'force_generic_plan'",
            "jit_above_cost = 0; SET jit_inline_above_cost = 0; SET jit_optimize_above_cost = 0",
            "parallel_setup_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_tuple_cost = 0",
            "enable_nestloop = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
            "enable_sort = off; SET enable_hashagg = off; SET enable_indexscan = off; SET enable_seqscan = off",
        ], Feed.Way.allCases)
    func `a writer's settings are its own`(_ setting: String, _ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.writer.run(script: "SET \(setting)")

        try await work(feed)
    }

    @Test(arguments: Feed.Way.allCases)
    func `our functions cannot be called or made a trigger of another table`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.writer.query("CREATE TEMP TABLE mine (LIKE generated_images)")

        try await feed.owner.query("GRANT USAGE ON SCHEMA scene_sync TO app_writer")
        let functions = try await feed.owner.query(
            """
            SELECT oid::regprocedure, oid::regproc, prorettype = 'trigger'::regtype,
                (SELECT string_agg('NULL', ', ') FROM generate_series(1, pronargs))
            FROM pg_proc WHERE pronamespace = 'scene_sync'::regnamespace AND prokind = 'f'
            """)

        for row in 0..<functions.count {
            let name = functions.string(row, 1) ?? ""
            let use =
                functions.bool(row, 2) == true
                ? "CREATE TRIGGER forged AFTER INSERT ON mine EXECUTE FUNCTION \(name)()"
                : "SELECT \(name)(\(functions.string(row, 3) ?? ""))"
            let error = await #expect(throws: PostgresError.self) { try await feed.writer.query(use) }
            #expect(error?.sqlstate == "42501", "\(functions.string(row, 0) ?? "")")
        }

        #expect(functions.count > 20)
        #expect(try await feed.heard().isEmpty)
    }

    @Test(arguments: Feed.Way.allCases)
    func `a writer needs no right on our schema`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let sees = try await feed.writer.query("SELECT has_schema_privilege('scene_sync', 'USAGE')").bool(0, 0)

        try await work(feed)

        #expect(sees == false)
    }
}
