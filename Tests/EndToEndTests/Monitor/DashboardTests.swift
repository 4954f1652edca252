import Testing

/// The dashboard for Grafana, without a Grafana.
@Suite(.daemon(), .timeLimit(.minutes(2)))
struct DashboardTests {
    @Test func `Grafana knows each of its fields, and there is data for each panel`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        let life = Task {
            var viewer = try await Viewer.open(project, at: stage.daemon.port)
            try await viewer.read(through: "ready")
            // Until it is cancelled in its sleep.
            for number in 0... {
                try await stage.save("https://example.org/\(number)", scene: 1, place: number, of: project)
                _ = try await stage.images("PUT", project, #"{"scene_index": 2, "image_url": "https://example.org/2"}"#)
                _ = try await stage.client.get("/v1/projects/\(project)")
                _ = try await viewer.next()
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        let check = try await Program.sh(
            ".venv/bin/python Tests/Deploy/dashboard_test.py \(stage.daemon.port)", within: .seconds(60))
        life.cancel()

        #expect(check.status == 0, "\(check.text)")
    }
}
