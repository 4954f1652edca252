import Postgres
import PostgresTestSupport
import Testing

/// Two and three daemons on one database behind nginx, restarted one after the other in a storm.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(4)))
struct ClusterTests {
    private static let rounds = 5

    @Test(arguments: [2, 3])
    func `five rolling restarts lose nothing, repeat nothing and refuse nobody`(count: Int) async throws {
        let database = try Database.current
        let cluster = try await Cluster.start(count, on: database)
        let writer = try await database.open(as: .writer)
        var projects: [String] = []
        for number in 0..<12 {
            let rows = try await writer.query(
                "INSERT INTO content_creation_requests (generated_output) VALUES ($1::jsonb) RETURNING id::text",
                [Stage.document(scenes: 3)])
            projects.append(try #require(rows.string(0, 0)))
            try await writer.query(Stage.insertion, [projects[number], "1", "0", "0"])
        }
        // The last quarter is left in peace.
        let written = Array(projects.prefix(9))
        var clients: [ClusterClient] = []
        for (number, project) in (projects + written).enumerated() {
            clients.append(
                try await ClusterClient.open(project, isStill: !written.contains(project), number, in: cluster))
        }

        let ended = try await withThrowingTaskGroup(of: ClusterClient?.self) { group in
            for client in clients {
                group.addTask {
                    var client = client
                    try await client.run()
                    return client
                }
            }
            for (number, project) in written.enumerated() {
                group.addTask {
                    try await write(to: project, number, database, cluster)
                    return nil
                }
            }
            group.addTask { [projects] in
                try await read(projects, cluster)
                return nil
            }
            group.addTask {
                defer { cluster.end() }
                for _ in 0..<Self.rounds where cluster.findings.isEmpty { try await cluster.restartAll() }
                return nil
            }
            var ended: [ClusterClient] = []
            for try await client in group { if let client { ended.append(client) } }
            return ended
        }
        let outputs = try await Oracle(try await database.open(as: .owner)).generatedOutputs(of: projects)
        for var client in ended { try await client.settle(on: outputs[client.project]) }

        print("\(count) daemons: \(cluster.counts.text)")
        for finding in cluster.findings.all { Issue.record("\(finding)\n\(cluster.logs())") }
        #expect(ended.count == clients.count)
        #expect(cluster.counts[.restarts] == Self.rounds * count)
        #expect(cluster.counts[.resumesByReady] > 20)
        #expect(cluster.counts[.resumesByScenes] > 0)
        #expect(cluster.counts[.foreignIDs] > 20)
        #expect(cluster.counts[.unavailable] == 0)
        #expect(cluster.counts[.commits] > 200)
        #expect(cluster.counts[.reads] > 100)
    }

    /// Scene 1 counts, scene 2 grows and is regenerated now and then, in transactions of one or several statements.
    private func write(to project: String, _ number: Int, _ database: Database, _ cluster: Cluster) async throws {
        let session = try await database.open(as: .writer)
        var random = StormRandom(seed: 2, part: number)
        var (count, place) = (0, 0)
        while !cluster.isOver {
            count += 1
            place += 1
            try await session.query("BEGIN")
            try await session.query(
                """
                UPDATE generated_images SET image_url = $2
                WHERE content_creation_request_id = $1::uuid AND scene_index = 1 AND image_index = 0
                """, [project, "\(count)"])
            if random.chance(0.5) { try await session.query(Stage.insertion, [project, "2", "\(place)", "u\(count)"]) }
            if random.chance(0.05) {
                try await session.query(
                    "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid AND scene_index = 2",
                    [project])
            }
            try await session.query(random.chance(0.9) ? "COMMIT" : "ROLLBACK")
            cluster.counts.add(.commits)
            try await Task.sleep(for: random.milliseconds(10...60))
        }
    }

    /// By the proxy nobody is refused, whichever daemon is away.
    private func read(_ projects: [String], _ cluster: Cluster) async throws {
        let client = HTTPClient(port: cluster.proxy.port)
        var random = StormRandom(seed: 3, part: 0)
        while !cluster.isOver {
            let project = random.pick(projects)
            guard let answer = try? await client.get("/v1/projects/\(project)") else {
                cluster.findings.add("a read by the proxy got no answer")
                return
            }
            cluster.counts.add(.reads)
            if answer.status != 200 {
                cluster.findings.add("a read by the proxy: \(answer.status) \(answer.text.prefix(300))")
            } else if let etag = answer.etag, let text = answer.generatedOutput(of: project),
                !cluster.revisions.note(String(etag.dropFirst().dropLast()), text)
            {
                cluster.findings.add("project \(project): the revision \(etag) has stood for another state")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
