import Testing

/// The pages in Chromium, with a PostgreSQL and a daemon that the script takes away and brings back; one browser at a time.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct PagesInBrowserTests {
    @Test(arguments: ["dashboard", "project", "looks"])
    func `what happens is seen on the pages within seconds, by everybody`(part: String) async throws {
        let run = try await Program.sh(
            ".venv/bin/python Tests/Browser/pages_test.py --scenesync '\(Command.binary)' --only \(part)",
            within: .seconds(240))

        #expect(run.status == 0, "\(run.text)")
    }

    @Test func `what the pages make of what they hear is right without a browser`() async throws {
        let run = try await Program.sh("node --test Tests/Browser/pages.test.mjs Tests/Browser/streams.test.mjs")

        #expect(run.status == 0, "\(run.text)")
    }
}
