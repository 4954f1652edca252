import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PrometheusTests {
    private static func read(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: "\(Program.repository)/\(path)"), encoding: .utf8)
    }

    private static var alerts: [String] {
        get throws {
            try read("deploy/prometheus/scenesync.rules.yml").matches(of: /- alert: ([A-Za-z]+)/).map { String($0.1) }
        }
    }

    @Test func `each alert fires when it should, and not on a healthy day`() async throws {
        let check = try await Program.sh("promtool check config deploy/prometheus/prometheus.yml")
        let run = try await Program.sh("cd deploy/prometheus && promtool test rules scenesync.rules.test.yml")

        #expect(check.status == 0, "\(check.text)")
        #expect(run.status == 0, "\(run.text)")
        let tests = try Self.read("deploy/prometheus/scenesync.rules.test.yml")
        for alert in try Self.alerts {
            #expect(tests.contains("alertname: \(alert), exp_alerts: []}"), "\(alert) is not shown not to fire")
            #expect(tests.contains("alertname: \(alert)\n        exp_alerts:"), "\(alert) is not shown to fire")
        }
    }

    @Test func `each alert has its page in the manual`() throws {
        let manual = try Self.read("docs/operating.md")

        #expect(try !Self.alerts.isEmpty)
        for alert in try Self.alerts { #expect(manual.contains("### \(alert)\n"), "\(alert)") }
    }
}

@Suite(.daemon(), .timeLimit(.minutes(1)))
struct MetricNamesTests {
    /// Those that another program reports.
    private static let foreign: Set<String> = ["up"]

    private static func names(in text: String) -> Set<String> {
        Set(
            text.matches(of: /\b(scenesync|process)_[a-z_]+[a-z]\b/).map { match in
                let name = String(match.0)
                for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix("_seconds" + suffix) {
                    return String(name.dropLast(suffix.count))
                }
                return name
            })
    }

    @Test func `the alerts, the dashboard and the manual name the metrics that there are`() async throws {
        let stage = try Stage.current
        // Some are of what is in memory.
        _ = try await stage.client.get("/v1/projects/\(try await stage.insertProject())")
        let served = Self.names(
            in: try await stage.client.get("/metrics").text.split(separator: "\n")
                .filter { $0.hasPrefix("# TYPE ") }.joined(separator: "\n"))
        func file(_ path: String) throws -> Set<String> {
            Self.names(in: try String(contentsOf: URL(filePath: "\(Program.repository)/\(path)"), encoding: .utf8))
        }

        let used = try file("deploy/prometheus/scenesync.rules.yml").union(file("deploy/grafana/scenesync.json"))
        let told = try file("docs/operating.md")

        #expect(used.subtracting(served).subtracting(Self.foreign) == [])
        #expect(served.subtracting(told) == [])
        #expect(told.subtracting(served).subtracting(Self.foreign) == [])
    }
}
