import FoundationEssentials
import Logging
import Testing

@testable import scenesync

@Suite struct LogLineTests {
    private static let ends = [
        "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\u{0}", "\u{1b}[2J", "\u{9b}",
    ]

    @Test(arguments: ends, [LogFormat.text, .json])
    func `a message cannot begin a line of its own, whatever it quotes`(end: String, format: LogFormat) {
        var handler = LineLogHandler(level: .info, format: format)
        handler.metadata = ["a\(end)b": "c\(end)d"]

        let line = handler.line(.info, "before\(end)2026-01-01T00:00:00Z info forged", ["x": "\(end)y"])

        #expect(!line.contains { $0.isNewline })
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control && format == .text })
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(line.contains("before") && line.contains("forged"))
    }

    @Test func `a line of JSON is one object`() throws {
        let handler = LineLogHandler(level: .info, format: .json)

        let line = handler.line(.warning, "a\"b\\c\nd\u{2028}e", ["k": "v"])

        let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(object["message"] == "a\"b\\c\nd\u{2028}e")
        #expect(object["level"] == "warning")
        #expect(object["k"] == "v")
    }
}
