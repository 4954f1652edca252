import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct SubscriberLimitTests {
    private func open(_ stage: Stage, _ project: String, from client: String? = nil, by way: Way) async throws
        -> Opening
    {
        try await open(
            stage, at: "/v1/projects/\(project)/events", client.map { ["X-Forwarded-For": $0] } ?? [:], by: way)
    }

    private func open(_ stage: Stage, at target: String, _ more: [String: String] = [:], by way: Way) async throws
        -> Opening
    {
        let headers = way.headers.merging(more) { $1 }
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        try await connection.send(HTTPClient.bytes("GET", target, headers, nil))
        let head = try #require(try await connection.readHead(until: .now + .seconds(10)))
        let first = String(decoding: try await connection.readChunk(until: .now + .seconds(10)), as: UTF8.self)
        return Opening(connection: connection, status: head.status, first: first)
    }

    private struct Opening {
        let connection: HTTPConnection
        let status: Int
        /// A stream over a limit is told to come back later than others.
        let first: String

        var isAdmitted: Bool { first.hasPrefix("retry: 2000\n") }
        var isOver: Bool { first.hasPrefix("retry: 10000\n") }
    }

    @Test(arguments: Way.allCases)
    func `one address has its streams, and those beyond are told to come back later`(way: Way) async throws {
        let stage = try await Stage.start(["--max-subscribers-per-address", "3"])
        let project = try await stage.insertProject()

        var openings: [Opening] = []
        for _ in 0..<3 { openings.append(try await open(stage, project, by: way)) }
        let over = try await open(stage, project, by: way)

        #expect(openings.allSatisfy { $0.status == 200 && $0.isAdmitted })
        #expect(over.status == 200 && over.isOver, "\(over.first)")
        #expect(try await over.connection.readChunk(until: .now + .seconds(5)).isEmpty)
        #expect(try await stage.metric("scenesync_streams_refused_total") == 1)
        #expect(try await stage.client.get("/v1/projects/\(project)").status == 200)

        openings.removeAll()
        try await eventually("a place is free again") {
            let opening = try await open(stage, project, by: way)
            return opening.isAdmitted
        }
    }

    @Test(arguments: Way.allCases)
    func `of all kinds together there are so many streams, and who leaves makes room for one`(way: Way) async throws {
        let stage = try await Stage.start(["--max-subscribers", "2"])
        let project = try await stage.insertProject()
        let targets = ["/v1/projects/\(project)/events", "/v1/events?project=\(project)", "/v1/monitor/events"]
        let first = try await open(stage, project, by: way)

        for target in targets {
            var second: Opening?
            try await eventually("there is room for it") {
                second = try await open(stage, at: target, by: way)
                return second?.isAdmitted == true
            }
            for target in targets {
                let over = try await open(stage, at: target, by: way)
                #expect(over.status == 200 && over.isOver, "\(target): \(over.first)")
                #expect(try await over.connection.readChunk(until: .now + .seconds(5)).isEmpty)
            }
            withExtendedLifetime(second) {}
        }

        #expect(first.isAdmitted)
        withExtendedLifetime(first) {}
    }

    @Test(arguments: Way.allCases)
    func `a stream of many projects counts as one, and the monitor's too`(way: Way) async throws {
        let stage = try await Stage.start(["--max-subscribers-per-address", "2"])
        let projects = [try await stage.insertProject(), try await stage.insertProject()]
        let joint = "/v1/events?project=\(projects[0])&project=\(projects[1])"

        var openings = [
            try await open(stage, at: joint, by: way), try await open(stage, at: "/v1/monitor/events", by: way),
        ]
        let over = [
            try await open(stage, at: joint, by: way), try await open(stage, at: "/v1/monitor/events", by: way),
            try await open(stage, projects[0], by: way),
        ]

        #expect(openings.allSatisfy { $0.status == 200 && $0.isAdmitted })
        #expect(over.allSatisfy { $0.status == 200 && $0.isOver }, "\(over.map(\.first))")
        openings.removeAll()
        try await eventually("both places are free again") {
            let (one, other) = (
                try await open(stage, at: joint, by: way), try await open(stage, at: "/v1/monitor/events", by: way)
            )
            return one.isAdmitted && other.isAdmitted
        }
    }

    @Test(arguments: Way.allCases)
    func `whom a token names has as many streams, wherever they are opened`(way: Way) async throws {
        let stage = try await Stage.start(Tokens.flags + ["--max-subscribers-per-subject", "1"])
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)/events"
        func token(_ subject: String) -> [String: String] {
            Tokens.header(
                Tokens.sign(
                    #"{"sub": "\#(subject)", "exp": \#(Tokens.now + 600), "scenesync": {"read": ["*"], "admin": true}}"#
                ))
        }

        let one = try await open(stage, at: target, token("one"), by: way)
        let other = try await open(stage, at: target, token("other"), by: way)
        for target in [target, "/v1/events?project=\(project)", "/v1/monitor/events"] {
            let again = try await open(stage, at: target, token("one"), by: way)
            #expect(again.status == 200 && again.isOver, "\(target)")
        }

        #expect(one.isAdmitted && other.isAdmitted)
        withExtendedLifetime((one, other)) {}
    }

    @Test(arguments: Way.allCases)
    func `behind a trusted proxy each client has its own`(way: Way) async throws {
        let stage = try await Stage.start(["--max-subscribers-per-address", "1", "--trusted-proxy", "127.0.0.0/8"])
        let project = try await stage.insertProject()

        let one = try await open(stage, project, from: "1.2.3.4", by: way)
        let other = try await open(stage, project, from: "1.2.3.5", by: way)
        let again = try await open(stage, project, from: "9.9.9.9, 1.2.3.4", by: way)

        #expect(one.isAdmitted && other.isAdmitted)
        #expect(again.isOver)
        withExtendedLifetime((one, other)) {}
    }

    @Test(arguments: Way.allCases)
    func `who is not trusted cannot say who it is`(way: Way) async throws {
        let stage = try await Stage.start(["--max-subscribers-per-address", "1"])
        let project = try await stage.insertProject()

        let one = try await open(stage, project, from: "1.2.3.4", by: way)
        let other = try await open(stage, project, from: "1.2.3.5", by: way)

        #expect(one.isAdmitted && other.isOver)
        withExtendedLifetime(one) {}
    }

    @Test func `a flood of ids that nobody has costs some queries and no memory`() async throws {
        let stage = try await Stage.start()
        let clients = 100
        let each = 50
        func flood(_ first: Int) async throws {
            try await withThrowingTaskGroup { tasks in
                for client in 0..<clients {
                    tasks.addTask {
                        let targets = (0..<each).map { number in
                            let id = format12(first + client * each + number)
                            return ("GET", "/v1/projects/00000000-0000-4000-8000-\(id)")
                        }
                        let answers = try await stage.client.pipeline(targets, within: .seconds(60))
                        #expect(answers.count == each && answers.allSatisfy { $0.status == 404 })
                    }
                }
                try await tasks.waitForAll()
            }
        }
        // What has to be warm gets warm.
        try await flood(0)
        let before = try await stage.metric("process_resident_memory_bytes")

        for round in 1...4 { try await flood(round * clients * each) }

        let grown_bytes = try await stage.metric("process_resident_memory_bytes") - before
        let queries = try await stage.metric("scenesync_cache_load_queries_total")
        // At most so many are asked for at a time as there are clients, and two queries are under way.
        #expect(queries < 5 * clients * each / 4, "\(queries) queries")
        #expect(grown_bytes < 4 << 20, "\(grown_bytes) bytes")
        #expect(try await stage.metric("scenesync_cache_projects") == 0)
        #expect(try await stage.metric("scenesync_cache_bytes") == 0)
    }

    @Test(arguments: [
        ["--max-subscribers-per-address", "0"], ["--trusted-proxy", "nobody"], ["--trusted-proxy", "10.0.0.0/33"],
        ["--max-header", "-1"], ["--header-timeout", "0"], ["--max-url", "x"],
    ])
    func `a limit that is none is bad usage`(flags: [String]) async throws {
        let command = try await Command.run(["serve"] + flags)

        #expect(command.status == 64)
    }
}

/// Twelve hexadecimal digits.
private func format12(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
}
