import Postgres
import PostgresTestSupport
import Testing

/// Two users, and what the database's policies let each of them do.
@Suite(.database(.supabase), .timeLimit(.minutes(2)))
struct RowSecurityTests {
    private static let image = #"{"scene_index": 1, "image_url": "x"}"#
    private static let none = "99999999-0000-4000-8000-000000000000"
    private let alice = Tokens.of(user: Stage.alice)
    private let bob = Tokens.of(user: Stage.bob)

    @Test func `each reads what is theirs, and the others' is as if it were not there`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        try await stage.save("a", scene: 1, of: project)

        for way in Way.allCases {
            for path in ["", "/scenes", "/generations", "/events"] {
                let target = "/v1/projects/\(project)\(path)"
                let status =
                    path == "/events"
                    ? try await stage.streamStatus(target, way.headers.merging(Tokens.header(alice)) { $1 })
                    : try await stage.get(target, as: alice, way.headers).status
                let refused = try await stage.get(target, as: bob, way.headers)
                let absent = try await stage.get("/v1/projects/\(Self.none)\(path)", as: bob, way.headers)

                #expect(status == 200, "\(path)")
                #expect(refused.status == 404)
                #expect(refused.text.replacing(project, with: Self.none) == absent.text)
                #expect(refused.head.fields.map(\.name) == absent.head.fields.map(\.name))
            }
        }
        #expect(
            try await stage.get("/v1/projects/\(project)", as: alice).generatedOutput(of: project)
                == (try await stage.expected(project)))
    }

    @Test(arguments: Way.allCases)
    func `what is known of one project says nothing of another`(way: Way) async throws {
        let stage = try await Stage.startWithRowSecurity()
        let (own, hers) = (try await stage.insertProject(of: Stage.bob), try await stage.insertProject(of: Stage.alice))
        let headers = way.headers.merging(Tokens.header(bob)) { $1 }

        for path in ["", "/scenes", "/generations", "/events"] {
            for (project, status) in [(own, 200), (hers, 404), (own, 200)] {
                let found = try await stage.streamStatus("/v1/projects/\(project)\(path)", headers)
                #expect(found == status, "\(project == own ? "his" : "hers")\(path)")
            }
        }
    }

    @Test func `for a project of others the database does the same as for none, and the cache nothing`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        try await stage.save("a", scene: 1, of: project)
        let before = try await cacheCounts(stage)

        for path in ["", "/scenes", "/generations", "/events"] {
            for target in [project, Self.none] {
                #expect(try await stage.get("/v1/projects/\(target)\(path)", as: bob).status == 404)
            }
        }
        let hidden = try await functionsCalled(stage, by: Stage.bob, of: project)
        let absent = try await functionsCalled(stage, by: Stage.bob, of: Self.none)
        let own = try await functionsCalled(stage, by: Stage.alice, of: project)

        #expect(try await cacheCounts(stage) == before && !before.isEmpty)
        #expect(hidden == absent && !hidden.contains("image_count"), "\(hidden), \(absent)")
        #expect(hidden.contains("images_seen") && own.contains("image_count"))
    }

    /// What the question of a right has the database call, each function with its number of calls.
    private func functionsCalled(_ stage: Stage, by user: String, of project: String) async throws -> String {
        let session = try await stage.database.open(as: .superuser)
        try await session.run(script: "SET track_functions = 'all'; BEGIN; SET LOCAL ROLE \(Role.daemon.rawValue)")
        try await session.query(
            "SELECT scene_sync.may_read('authenticated', $1, $2::uuid)", [#"{"sub": "\#(user)"}"#, project])
        let calls = try await session.query(
            "SELECT string_agg(funcname || ' ' || calls, ', ' ORDER BY funcname) FROM pg_stat_xact_user_functions")
        await session.close()
        return try #require(calls.string(0, 0))
    }

    private func cacheCounts(_ stage: Stage) async throws -> [Substring] {
        try await stage.get("/metrics", as: Tokens.of(isAdmin: true)).text.split(separator: "\n").filter {
            $0.hasPrefix("scenesync_cache_") && $0.contains("_total ")
        }
    }

    @Test func `who knows a revision does not resume what is not theirs`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        let stream = try await stage.stream(project, as: alice)
        let id = try #require(try await stream.events(through: "ready").last?.id)
        try await stage.save("a", scene: 1, of: project)
        _ = try await stream.next()

        for way in Way.allCases {
            try await Way.$current.withValue(way) {
                let refused = await #expect(throws: RefusedStream.self) {
                    try await stage.stream(project, as: bob, lastEventID: id)
                }
                #expect(refused?.head.status == 404)
                let resumed = try await stage.stream(project, as: alice, lastEventID: id)
                #expect(try await resumed.events(through: "ready").map(\.event) == ["scene", "ready"])
            }
        }
    }

    @Test func `a write is made as the token's role`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice, sharedWith: Stage.bob)
        let hidden = try await stage.insertProject(of: Stage.alice)
        try await stage.admin.query("ALTER TABLE generated_images ADD COLUMN saved_by text DEFAULT current_user")

        let saved = try await stage.images("POST", project, Self.image, headers: Tokens.header(alice))
        let replaced = try await stage.images("PUT", project, Self.image, headers: Tokens.header(alice))
        let rows = try await stage.admin.query("SELECT saved_by FROM generated_images")
        for method in ["POST", "PUT", "DELETE"] {
            let body = method == "DELETE" ? nil : #"{"scene_index": 2, "image_url": "y"}"#
            let forbidden = try await stage.images(method, project, body, headers: Tokens.header(bob))
            let unknown = try await stage.images(method, hidden, body, headers: Tokens.header(bob))
            let absent = try await stage.images(method, Self.none, body, headers: Tokens.header(bob))
            #expect(forbidden.status == 403, "\(method): \(forbidden.text)")
            #expect(unknown.status == 404, "\(method): \(unknown.text)")
            #expect(unknown.text.replacing(hidden, with: Self.none) == absent.text)
            #expect(unknown.head.fields.map(\.name) == absent.head.fields.map(\.name))
        }
        let removed = try await stage.images("DELETE", project, headers: Tokens.header(alice))

        #expect(saved.status == 201, "\(saved.text)")
        #expect(replaced.status == 200, "\(replaced.text)")
        #expect(rows.count == 1 && rows.string(0, 0) == "authenticated")
        #expect(removed.status == 200 && removed.json?["deleted"]?.int == 1, "\(removed.text)")
        let token = try #require(removed["Sync-Token"])
        let read = try await stage.get("/v1/projects/\(project)", as: bob, ["Sync-Token": token])
        #expect(read.generatedOutput(of: project) == (try await stage.expected(project)))
    }

    @Test func `what the app defers to the commit is done as the token's role, too`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        try await stage.admin.run(
            script: """
                CREATE TABLE noted (by text DEFAULT current_user);
                GRANT INSERT ON noted TO authenticated;
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO noted DEFAULT VALUES; RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER note AFTER INSERT ON generated_images
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
                """)

        let saved = try await stage.images("POST", project, Self.image, headers: Tokens.header(alice))

        #expect(saved.status == 201, "\(saved.text)")
        let noted = try await stage.admin.query("SELECT by FROM noted")
        #expect(noted.count == 1 && noted.string(0, 0) == "authenticated")
    }

    @Test func `a key is its caller's, and gets nobody else's answer`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice, sharedWith: Stage.bob)

        let first = try await stage.images("PUT", project, Self.image, key: "k", headers: Tokens.header(alice))
        let again = try await stage.images("PUT", project, Self.image, key: "k", headers: Tokens.header(alice))
        let others = try await stage.images("PUT", project, Self.image, key: "k", headers: Tokens.header(bob))
        let changed = try await stage.images(
            "PUT", project, #"{"scene_index": 3, "image_url": "x"}"#, key: "k", headers: Tokens.header(alice))

        #expect(first.status == 200)
        #expect(again.body == first.body && again["Sync-Token"] == first["Sync-Token"])
        #expect(others.status == 403)
        #expect(changed.status == 422)
    }

    @Test func `who does not see all of a project's images does not see it`() async throws {
        let stage = try await Stage.startWithRowSecurity(["--reauthorize", "1"])
        let project = try await stage.insertProject(of: Stage.alice)
        try await stage.save("a", scene: 1, of: project)
        #expect(try await stage.get("/v1/projects/\(project)", as: alice).status == 200)

        try await stage.save("hidden", scene: 2, of: project)

        try await eventually("it is gone for her") {
            try await stage.get("/v1/projects/\(project)", as: alice).status == 404
        }
    }

    @Test(arguments: [
        #"{"sub": "@"}"#, #"{"sub": "@", "role": "untold"}"#, #"{"sub": "@", "role": "nobody"}"#,
        #"{"sub": "@", "role": ""}"#, #"{"sub": "@", "role": "none"}"#, #"{"sub": "@", "role": "postgres"}"#,
        #"{"sub": "@", "role": "app_owner"}"#, #"{"sub": "@", "role": "authenticated\""}"#,
        #"{"sub": "@", "role": "authenticated; RESET ROLE"}"#, #"{"sub": "@", "role": "Authenticated"}"#,
    ])
    func `a role that the daemon may not take is 401`(claims: String) async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        let token = Tokens.sign(claims.replacing("@", with: Stage.alice))

        #expect(try await stage.get("/v1/projects/\(project)", as: token).status == 401)
        #expect(try await stage.images("POST", project, Self.image, headers: Tokens.header(token)).status == 401)
        for way in Way.allCases {
            let status = try await stage.streamStatus(
                "/v1/projects/\(project)/events", Tokens.header(token).merging(way.headers) { $1 })
            #expect(status == 401, "\(way)")
        }
        let head = try await stage.daemon.client().head("/v1/events?project=\(project)", Tokens.header(token))
        #expect(head.status == 401)
    }

    @Test(arguments: [#""scenesync_daemon""#, #""authenticated""#])
    func `claims that the policies cannot use let nobody see anything`(role: String) async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        let token = Tokens.sign(#"{"sub": "no uuid' OR true --", "role": \#(role)}"#)

        #expect(try await stage.get("/v1/projects/\(project)", as: token).status == 404)
        #expect(try await stage.streamStatus("/v1/projects/\(project)/events", Tokens.header(token)) == 404)
    }

    @Test func `the claim scenesync gives nothing where the database decides`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        let token = Tokens.sign(
            #"{"sub": "\#(Stage.bob)", "role": "authenticated", "scenesync": {"read": ["*"], "write": ["*"]}}"#)

        #expect(try await stage.get("/v1/projects/\(project)", as: token).status == 404)
        #expect(try await stage.images("POST", project, Self.image, headers: Tokens.header(token)).status == 404)
    }

    @Test(arguments: Way.allCases)
    func `a right that is taken away ends streams and reads in time`(way: Way) async throws {
        let stage = try await Stage.startWithRowSecurity(["--reauthorize", "2"])
        let project = try await stage.insertProject(of: Stage.alice, sharedWith: Stage.bob)
        let (hers, his) = try await Way.$current.withValue(way) {
            (try await stage.stream(project, as: alice), try await stage.stream(project, as: bob))
        }
        _ = try await hers.events(through: "ready")
        _ = try await his.events(through: "ready")
        try await stage.save("a", scene: 1, of: project)
        #expect(try await his.next()?.event == "scene")
        #expect(try await hers.next()?.event == "scene")

        try await stage.share(project, of: Stage.alice, with: nil)
        let begin = ContinuousClock.now
        let last = try await his.nextEvent(named: "expired", within: .seconds(8))
        let time = ContinuousClock.now - begin

        #expect(last != nil && time < .seconds(5), "\(time)")
        #expect(try await his.next() == nil)
        #expect(try await stage.get("/v1/projects/\(project)", as: bob, way.headers).status == 404)
        try await stage.save("b", scene: 2, of: project)
        #expect(try await hers.nextEvent(named: "scene")?.data.contains("\"b\"") == true)
    }

    @Test func `a database that is away ends no stream, and lets nobody in`() async throws {
        let server = try await Server.start()
        try await Database.with(.supabase, on: server) { database in
            let stage = try await Stage.start(
                Tokens.flags + ["--authorize", "rls", "--reauthorize", "1"], on: database)
            let project = try await stage.insertProject(of: Stage.alice)
            let stream = try await stage.stream(project, as: alice)
            _ = try await stream.events(through: "ready")

            try await server.stop(.immediate)
            _ = try await stream.nextEvent(named: "stale", within: .seconds(15))
            try await eventually("her right is not known any more") {
                try await stage.get("/v1/projects/\(project)", as: alice).status == 503
            }
            let refused = try await stage.get("/v1/projects/\(project)", as: bob)
            let turnedAway = try await stage.stream(project, as: bob)
            let joint = "/v1/events?project=\(project)"
            let head = try await stage.daemon.client().head(joint, Tokens.header(bob))
            let event = try await turnedAway.next()
            try await server.start()
            let ready = try await stream.nextEvent(named: "ready", within: .seconds(30))

            #expect(refused.status == 503)
            #expect(event == nil)
            #expect(head.status == 200, "as a stream's that is to come again")
            #expect(await turnedAway.retry_milliseconds ?? 0 >= 5_000)
            #expect(ready != nil)
        }
    }
}
