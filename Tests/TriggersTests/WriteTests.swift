import Postgres
import PostgresTestSupport
import Testing

/// `scene_sync.write`, by which the daemon saves, and the answers that it keeps.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct WriteTests {
    private struct Answer: Equatable {
        let status: Int64?
        let problem: String?
        let text: String?
        let token: String?
    }

    private func write(
        _ session: Session, _ operation: String, _ argument: String?, key: String? = nil, project: String = "A"
    ) async throws -> Answer {
        let rows = try await session.query(
            "SELECT status, problem, answer, token FROM scene_sync.write($1, $2::uuid, $3::jsonb, $4)",
            [operation, Names.id(project), argument, key])
        return Answer(
            status: rows.int64(0, 0), problem: rows.string(0, 1), text: rows.string(0, 2), token: rows.string(0, 3))
    }

    private func save(_ session: Session, _ images: String, key: String? = nil) async throws -> Answer {
        try await write(session, "save", ImageAPI.json(images), key: key)
    }

    @Test func `the daemon saves and regenerates without a right on any table`() async throws {
        let feed = try await Feed()

        let saved = try await save(feed.daemon, "5/next=x")
        let upserted = try await write(feed.daemon, "upsert", ImageAPI.json("5/0=y"))
        let regenerated = try await write(feed.daemon, "regenerate", "[5, 6]")
        let all = try await write(feed.daemon, "regenerate", nil)

        #expect(saved.status == 201)
        #expect(upserted.status == 200)
        #expect(regenerated.text?.hasPrefix("{\"deleted\": 1, \"generations\": {\"5\": ") == true)
        #expect(all.text?.hasPrefix("{\"deleted\": 3, ") == true)
        let tokens = [saved, upserted, regenerated, all].compactMap(\.token)
        #expect(Set(tokens).count == 4)
        #expect(tokens.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{16}-\d+/) != nil })
        let generations = try await feed.daemon.query("SELECT scene_sync.generations(@A)".withNames).string(0, 0)
        #expect(generations?.hasPrefix("{\"1\": ") == true)
    }

    @Test(arguments: [("save", ImageAPI.json("5/0=x")), ("upsert", ImageAPI.json("5/0=x")), ("regenerate", "[1]")])
    func `what the app defers to the commit is done as the owner, too`(_ operation: String, _ argument: String)
        async throws
    {
        let feed = try await Feed()
        try await feed.owner.run(
            script: """
                CREATE TABLE noted (scene integer);
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO noted VALUES (coalesce(NEW.scene_index, OLD.scene_index)); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER note AFTER INSERT OR DELETE ON generated_images
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
                """)
        // Where the daemon's sessions find no table of the app's.
        try await feed.daemon.query("SET search_path = ''")

        let answer = try await write(feed.daemon, operation, argument)

        #expect(answer.problem == nil)
        #expect(try await feed.owner.query("SELECT FROM noted").count == (operation == "regenerate" ? 2 : 1))
    }

    @Test func `a project that is deleted meanwhile is unknown, also where the app defers its key`() async throws {
        let feed = try await Feed()
        try await feed.owner.query(
            """
            ALTER TABLE generated_images ALTER CONSTRAINT generated_images_content_creation_request_id_fkey
            DEFERRABLE INITIALLY DEFERRED
            """)
        try await feed.write("BEGIN")
        try await feed.write("DELETE FROM content_creation_requests WHERE id = @A")
        let saving = Task { try await save(feed.daemon, "9/0=x") }
        try await feed.owner.query(waitUntilBlocked(feed.daemon))

        try await feed.write("COMMIT")

        #expect(try await saving.value.status == 404)
    }

    @Test func `a token is of the transaction that wrote`() async throws {
        let feed = try await Feed()

        let regenerated = try await write(feed.daemon, "regenerate", "[5]")

        let xid = try await feed.owner.query("SELECT xid FROM scene_sync.deletions").string(0, 0)
        #expect(regenerated.token?.hasSuffix("-\(xid ?? "?")") == true)
    }

    @Test func `a refusal is told, and nothing is written`() async throws {
        let feed = try await Feed()

        let occupied = try await save(feed.daemon, "9/0=x 1/0=y")
        let unknown = try await write(feed.daemon, "save", ImageAPI.json("1/0=x"), project: "E")
        let bad = try await write(feed.daemon, "save", "[{}]")

        #expect([occupied, unknown, bad].map(\.status) == [409, 404, 400])
        #expect([occupied, unknown, bad].map(\.problem) == ["occupied", "unknown-project", "bad-request"])
        #expect([occupied, unknown, bad].allSatisfy { $0.token == nil })
        #expect(occupied.text == #"{"occupied": [{"scene_index": 1, "image_index": 0}]}"#)
        #expect(try await feed.load("A").images == #"[[1,0,"one"],[1,1,"two"],[2,0,"three"]]"#)
    }

    @Test func `the same request under a key is made once and answered alike`() async throws {
        let feed = try await Feed()

        let first = try await save(feed.daemon, "5/next=x", key: "k")
        let again = try await save(feed.daemon, "5/next=x", key: "k")
        let otherKey = try await save(feed.daemon, "5/next=x", key: "K")

        #expect(first == again)
        #expect(otherKey.token != first.token)
        #expect(try await feed.load("A").images.matches(of: /\[5,/).count == 2)
    }

    @Test func `a refusal under a key stays`() async throws {
        let feed = try await Feed()
        let first = try await save(feed.daemon, "1/0=x", key: "k")
        try await feed.write("DELETE FROM generated_images")

        let again = try await save(feed.daemon, "1/0=x", key: "k")

        #expect(first.status == 409)
        #expect(again == first)
    }

    @Test func `a key stands for one request of one project`() async throws {
        let feed = try await Feed()
        let images = ImageAPI.json("5/0=x")
        _ = try await write(feed.daemon, "save", images, key: "k")

        let others = [
            try await write(feed.daemon, "save", ImageAPI.json("5/0=y"), key: "k"),
            try await write(feed.daemon, "upsert", images, key: "k"),
            try await write(feed.daemon, "regenerate", nil, key: "k"),
        ]
        let elsewhere = try await write(feed.daemon, "save", images, key: "k", project: "B")

        #expect(others.map(\.status) == [422, 422, 422])
        #expect(others.map(\.problem) == ["key-reused", "key-reused", "key-reused"])
        #expect(elsewhere.status == 201)
    }

    @Test func `while the first is under way another is told so, and gets its answer later`() async throws {
        let feed = try await Feed()
        let other = try await feed.anotherDaemon()
        try await feed.daemon.query("BEGIN")
        let first = try await save(feed.daemon, "5/0=x", key: "k")

        let meanwhile = try await save(other, "5/0=x", key: "k")
        try await feed.daemon.query("COMMIT")
        let later = try await save(other, "5/0=x", key: "k")

        #expect(meanwhile.status == 409)
        #expect(meanwhile.problem == "request-running")
        #expect(later == first)
    }

    @Test func `what is rolled back leaves its key`() async throws {
        let feed = try await Feed()
        try await feed.daemon.query("BEGIN")
        _ = try await save(feed.daemon, "5/0=x", key: "k")
        try await feed.daemon.query("ROLLBACK")

        #expect(try await save(feed.daemon, "5/0=y", key: "k").status == 201)
    }

    @Test func `after a day a key is free, and its answer is removed`() async throws {
        let feed = try await Feed()
        let first = try await save(feed.daemon, "5/next=x", key: "k")
        _ = try await save(feed.daemon, "5/next=x", key: "young")
        try await feed.owner.query("UPDATE scene_sync.answers SET at = at - interval '25 hours' WHERE key = 'k'")

        let again = try await save(feed.daemon, "5/next=other", key: "k")
        try await feed.owner.query("UPDATE scene_sync.answers SET at = at - interval '25 hours' WHERE key = 'k'")
        let pruned = try await feed.daemon.query("SELECT scene_sync.prune_answers()").int64(0, 0)

        #expect(again.status == 201)
        #expect(again.text != first.text)
        #expect(pruned == 1)
        #expect(try await feed.owner.query("SELECT key FROM scene_sync.answers").string(0, 0) == "young")
    }
}
