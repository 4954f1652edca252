import ChangeFeed
import Glibc
import PostgresTestSupport
import Testing

@testable import scenesync

@Suite(.database, .timeLimit(.minutes(1)))
struct ClockSkewTests {
    @Test(arguments: [(0.0, Finding.Mark.ok, "agree"), (90, .warning, "behind"), (-90, .warning, "ahead")])
    func `clocks that differ are told, and which one is ahead`(
        offset: Double, mark: Finding.Mark, word: String
    ) async throws {
        let deployment = try await Deployment.open(
            try Database.current.connectionString(), schema: "public", daemonRole: nil, doorbell: .auto)
        let check = ClockSkew(now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Double(time.tv_sec) + offset
        })

        let findings = try await check.examine(deployment)

        #expect(findings.map(\.mark) == [mark])
        #expect(findings.allSatisfy { $0.text.contains(word) }, "\(findings)")
    }
}
