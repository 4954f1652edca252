import PostgresTestSupport
import Testing

@Suite(.daemon(), .timeLimit(.minutes(3)))
struct PageTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test(arguments: ["/", "/projects/aaaaaaaa-0000-4000-8000-000000000001"])
    func `a page is a shell under a strict policy, and its parts are served`(path: String) async throws {
        let page = try await stage.client.get(path)

        #expect(page.status == 200)
        #expect(page["Content-Type"] == "text/html; charset=utf-8")
        let policy = try #require(page["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
        #expect(!policy.contains("unsafe"))
        let assets = page.text.split(separator: "\"").filter { $0.hasPrefix("/assets/") }
        #expect(assets.count >= 3)
        for asset in Set(assets) {
            let answer = try await stage.client.get(String(asset))
            #expect(answer.status == 200, "\(asset)")
            #expect(answer["X-Content-Type-Options"] == "nosniff")
        }
    }

    @Test func `pictures appear in a browser as they are saved`() async throws {
        let project = try await stage.insertProject()
        let server = stage.database.server
        let psql = "host=127.0.0.1 port=\(server.port) dbname=\(stage.database.name) user=\(Role.owner.rawValue)"

        let run = try await Program.sh(
            """
            .venv/bin/python Tests/Browser/viewer_test.py --base http://127.0.0.1:\(stage.daemon.port) \
            --project \(project) --psql '\(psql)' --delete
            """, within: .seconds(150))

        #expect(run.status == 0, "\(run.text)")
    }

    @Test func `the page's own state is right without a browser`() async throws {
        let run = try await Program.sh("node --test Tests/Browser/project.test.mjs")

        #expect(run.status == 0, "\(run.text)")
    }
}
