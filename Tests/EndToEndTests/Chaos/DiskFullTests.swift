import Glibc
import Testing

/// The embedded database on a disk of its own, which only root can make.
@Suite(.enabled(if: geteuid() == 0, "mounting needs root"), .timeLimit(.minutes(3)))
struct DiskFullTests {
    private static let project = "11111111-1111-4111-8111-111111111111"

    @Test func `on a full disk the demo says that it is stale, and goes on once there is room`() async throws {
        let folder = try TemporaryFolder()
        let disk = "\(folder.path)/disk"
        let mounted = try await Program.sh("mkdir '\(disk)' && mount -t tmpfs -o size=200m tmpfs '\(disk)'")
        try #require(mounted.status == 0, "\(mounted.text)")
        do {
            try await fillAndFree(disk)
        } catch {
            _ = try await Program.sh("umount -l '\(disk)'")
            throw error
        }
        _ = try await Program.sh("umount -l '\(disk)'")
    }

    private func fillAndFree(_ disk: String) async throws {
        let demo = try await DaemonProcess.start(["demo", "--directory", "\(disk)/demo"], within: .seconds(60))
        try await demo.logLine(containing: "live: ", within: .seconds(20))
        var viewer = try await Viewer.open(Self.project, at: demo.port)
        try await viewer.read(through: "scene", within: .seconds(30))

        // No room for another segment of the log is what a server does not survive.
        _ = try await Program.sh("cat /dev/zero >'\(disk)/filler' 2>/dev/null || true")
        _ = try await Program.sh(
            """
            for n in 1 2 3 4 5 6; do
                psql -qAt -h '\(disk)/demo' -U postgres -d demo -c 'CREATE TABLE t (); DROP TABLE t; SELECT pg_switch_wal()' || true
            done
            """)
        try await viewer.read(through: "stale", within: .seconds(20))
        let read = try await demo.client().get("/v1/projects/\(Self.project)")
        #expect(read.status == 200 && read["Cache-Status"]?.contains("stale") == true)
        _ = try await Program.sh("rm '\(disk)/filler'")

        try await viewer.read(through: "ready", within: .seconds(40))
        try await viewer.read(through: "scene", within: .seconds(30))
        // While nobody can write, what is watched has to become what is stored.
        async let pause = Program.sh(
            """
            psql -qAt -h '\(disk)/demo' -U postgres -d demo -c \
                'BEGIN; LOCK generated_images, content_creation_requests IN EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT'
            """)
        try await Task.sleep(for: .seconds(1))
        let stored = try await demo.client().get(
            "/v1/projects/\(Self.project)", ["Cache-Control": "no-cache"], within: .seconds(5))
        try await viewer.read(to: stored.generatedOutput(of: Self.project))
        #expect(try await pause.status == 0)
        demo.signal(SIGINT)
        #expect(await demo.waitForExit() == 0)
        #expect(try await Program.sh("pgrep -f '[p]ostgres -D \(disk)/demo' || true").text == "")
    }
}
