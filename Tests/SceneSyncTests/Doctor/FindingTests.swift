import Postgres
import Testing
import Triggers

@testable import scenesync

/// What cannot be brought about on the tests' servers.
struct FindingTests {
    @Test(arguments: [(130_012, Finding.Mark.problem), (140_000, .ok), (150_004, .ok), (180_001, .ok)])
    func `a server older than 14 is a problem`(number: Int, mark: Finding.Mark) {
        #expect(ServerVersion.finding(number: Int32(number), name: "13.12", walLevel: "minimal").mark == mark)
    }

    @Test(arguments: [
        ("host=/tmp", "prefer", false, Finding.Mark.ok), ("host=/var/run/postgresql", "prefer", false, .ok),
        ("host=127.0.0.1", "disable", false, .ok), ("host=localhost,::1", "prefer", true, .ok),
        ("host=db.example.com", "prefer", false, .problem),
        ("host=localhost,db.example.com", "require", true, .warning),
        ("hostaddr=10.0.0.7", "verify-ca", true, .warning), ("host=db.example.com", "verify-full", true, .ok),
        ("host=localhost hostaddr=10.0.0.7", "prefer", false, .problem),
        ("host=127.0.0.1.example.com", "prefer", false, .problem),
        ("host=localhost.example.com", "prefer", false, .problem),
    ])
    func `what goes to another host has to be encrypted, and the host has to prove itself`(
        settings: String, mode: String, isEncrypted: Bool, mark: Finding.Mark
    ) {
        let server = ConnectionSettings(settings).distantServer

        #expect(Encryption.finding(distantServer: server, mode: mode, isEncrypted: isEncrypted).mark == mark)
    }

    @Test(arguments: [(0.0, Finding.Mark.ok), (0.0005, .ok), (0.002, .warning), (0.49, .warning), (0.5, .problem)])
    func `a queue that fills is alarming`(usage: Double, mark: Finding.Mark) {
        let finding = NotificationQueue.finding(usage: usage, suspects: "pid 7")

        #expect(finding.mark == mark)
        #expect(finding.text.contains("pid 7") == (mark != .ok))
    }

    @Test func `every function and trigger of the scripts is known by what it should be`() {
        let functions = Triggers.all.compactMap { FunctionDefinition($0) }
        let triggers = Triggers.all.flatMap { TriggerDefinition.all(in: $0) }

        #expect(functions.count > 30)
        #expect(functions.allSatisfy { !$0.body.isEmpty })
        let load = functions.first { $0.fullName == "scene_sync.load" }
        #expect(load?.runsAsOwner == true)
        #expect(load?.settings == ["search_path=pg_catalog, pg_temp", "row_security=off", "jit=off"])
        #expect(triggers.count >= 16)
        #expect(DaemonRights.functions.contains("scene_sync.load(uuid[])"))
        #expect(DaemonRights.functions.count > 8)
    }

    @Test func `a report is lines that align, and JSON`() {
        let report = DoctorReport(entries: [
            .init(subject: "a", finding: .ok("fine")),
            .init(subject: "longer", finding: .warning("so\u{1B}[2Jso", cure: "do \"it\"")),
            .init(subject: "b", finding: .problem("bad", cure: "mend it")),
            .init(subject: "c", finding: .unseen("dark", cure: "light")),
        ])

        #expect(
            report.lines.map(\.text).joined(separator: "\n") == """
                ✓ a       fine
                ! longer  so [2Jso
                          → do "it"
                ✗ b       bad
                          → mend it
                ? c       dark
                          → light

                1 problem, 1 warning, 1 check could not be made
                """)
        #expect(
            report.json.hasPrefix(
                #"{"problems": 1, "warnings": 1, "unseen": 1, "findings": [{"check": "a", "mark": "ok", "#))
        #expect(report.json.contains(#""cure": "do \"it\"""#))
        #expect(report.hasProblem)
    }
}
