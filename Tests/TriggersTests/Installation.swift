import Migrations
import Postgres
import PostgresTestSupport
import Triggers

/// The app's tables and everything of ours on them, with a few projects: A with three images, B with one, C with none.
enum Installation {
    private static let appTables = """
        CREATE TABLE content_creation_requests (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            generated_output jsonb,
            status text
        );
        """

    private static let rights = """
        GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE
        ON content_creation_requests, generated_images
        TO \(Role.writer.rawValue);
        """

    static let projects = """
        INSERT INTO content_creation_requests (id, generated_output) VALUES
            (@A, '{"title": "A", "scenes": [{"index": 1, "imageUrls": ["stored"]}, {"index": 2}]}'),
            (@B, '{"scenes": [{}]}'),
            (@C, NULL);
        INSERT INTO @images VALUES
            (@A, 1, 0, 'one'), (@A, 1, 1, 'two'), (@A, 2, 0, 'three'), (@B, 1, 0, 'four');
        """

    /// `images` makes a table of the app's own before ours is wanted.
    static func install(
        images: String = "", on loop: PollLoop, connection: (Role) -> ConnectionSettings
    ) async throws {
        let owner = try await Session.open(connection(.owner), on: loop)
        try await owner.run(script: appTables + images)
        var migrator = Migrator(
            connection(.owner), on: loop, bookkeeping: "scene_sync.applied", once: Migrations.all, always: Triggers.all)
        migrator.after = { session in
            try await session.query("SELECT scene_sync.examine()")
            try await session.query("CALL scene_sync.grant_to_daemon($1::name)", [Role.daemon.rawValue])
        }
        try await migrator.apply(wait: .zero)
        try await owner.run(script: rights + projects.withNames)
        await owner.close()
    }
}

extension Template {
    static let installed = Template("installed") { database in
        try await Installation.install(on: database.server.loop, connection: database.settings)
    }

    /// Scene 1 has a partition of its own.
    static let partitioned = Template("partitioned") { database in
        let images = """
            CREATE TABLE generated_images (
                id uuid NOT NULL DEFAULT gen_random_uuid(),
                content_creation_request_id uuid NOT NULL REFERENCES content_creation_requests ON DELETE CASCADE,
                scene_index integer NOT NULL,
                image_url text NOT NULL,
                image_index integer NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                UNIQUE (content_creation_request_id, scene_index, image_index)
            ) PARTITION BY LIST (scene_index);
            CREATE TABLE generated_images_1 PARTITION OF generated_images FOR VALUES IN (1);
            CREATE TABLE generated_images_others PARTITION OF generated_images DEFAULT;
            """
        try await Installation.install(images: images, on: database.server.loop, connection: database.settings)
    }

    /// Of an older app, without a constraint: anything may be NULL, and any place may be there twice.
    static let unconstrained = Template("unconstrained") { database in
        let images = """
            CREATE TABLE generated_images (
                id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
                content_creation_request_id uuid,
                scene_index integer,
                image_url text,
                image_index integer DEFAULT 0,
                created_at timestamptz DEFAULT now(),
                updated_at timestamptz DEFAULT now()
            );
            """
        try await Installation.install(images: images, on: database.server.loop, connection: database.settings)
    }
}
