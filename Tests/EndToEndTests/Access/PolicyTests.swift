import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.supabase), .timeLimit(.minutes(1)))
struct PolicyTests {
    @Test func `a policy that is asked who may read writes nothing`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        try await stage.admin.run(
            script: """
                CREATE TABLE asked (at timestamptz);
                CREATE FUNCTION note() RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS
                $$ INSERT INTO asked VALUES (now()) RETURNING true $$;
                CREATE POLICY noting ON content_creation_requests AS RESTRICTIVE FOR SELECT TO authenticated
                USING (note());
                """)

        let answer = try await stage.get("/v1/projects/\(project)", as: Tokens.of(user: Stage.alice))

        #expect(answer.status != 200, "\(answer.text)")
        #expect(try await stage.admin.query("SELECT FROM asked").count == 0)
    }
}
