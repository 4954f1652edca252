import Postgres
import PostgresTestSupport
import Testing

extension Template {
    /// The app as Supabase has it: a project is its owner's, who may share it with others to look at. Images whose URL begins
    /// with "hidden" are shown to nobody.
    static let supabase = Template("supabase") { database in
        try await fill(database)
        let admin = try await database.open(as: .superuser)
        try await admin.run(
            script: """
                DO $$ BEGIN CREATE ROLE authenticated NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                DO $$ BEGIN CREATE ROLE untold NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                GRANT authenticated TO \(Role.daemon.rawValue);
                ALTER ROLE \(Role.daemon.rawValue) NOINHERIT;
                GRANT SELECT, INSERT, UPDATE, DELETE ON content_creation_requests, generated_images TO authenticated;
                ALTER TABLE content_creation_requests ADD COLUMN owner_id uuid, ADD COLUMN shared_with uuid;
                CREATE FUNCTION me() RETURNS uuid LANGUAGE sql STABLE AS
                $$ SELECT (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')::uuid $$;
                ALTER TABLE content_creation_requests ENABLE ROW LEVEL SECURITY;
                ALTER TABLE generated_images ENABLE ROW LEVEL SECURITY;
                CREATE POLICY app ON content_creation_requests TO \(Role.writer.rawValue) USING (true) WITH CHECK (true);
                CREATE POLICY app ON generated_images TO \(Role.writer.rawValue) USING (true) WITH CHECK (true);
                CREATE POLICY own ON content_creation_requests TO authenticated USING (owner_id = me());
                CREATE POLICY shared ON content_creation_requests FOR SELECT TO authenticated USING (shared_with = me());
                CREATE POLICY own ON generated_images TO authenticated
                USING (EXISTS (
                    SELECT FROM content_creation_requests AS project
                    WHERE project.id = content_creation_request_id AND project.owner_id = me()
                ));
                CREATE POLICY shared ON generated_images FOR SELECT TO authenticated
                USING (EXISTS (SELECT FROM content_creation_requests AS project WHERE project.id = content_creation_request_id));
                CREATE POLICY hidden ON generated_images AS RESTRICTIVE FOR SELECT TO authenticated
                USING (image_url NOT LIKE 'hidden%');
                """)
        await admin.close()
    }
}

extension Stage {
    static let alice = "a11ce000-0000-4000-8000-000000000000"
    static let bob = "b0b00000-0000-4000-8000-000000000000"

    static func startWithRowSecurity(_ flags: [String] = []) async throws -> Stage {
        try await start(Tokens.flags + ["--authorize", "rls"] + flags)
    }

    func insertProject(of owner: String, sharedWith other: String? = nil) async throws -> String {
        let project = try await insertProject()
        try await share(project, of: owner, with: other)
        return project
    }

    func share(_ project: String, of owner: String, with other: String?) async throws {
        try await writer.query(
            "UPDATE content_creation_requests SET owner_id = $2::uuid, shared_with = $3::uuid WHERE id = $1::uuid",
            [project, owner, other])
    }
}
