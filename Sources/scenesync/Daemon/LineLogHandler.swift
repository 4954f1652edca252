import Logging
import ProjectSync

/// Writes one line for each log message to stderr. A message cannot begin a line of its own, whatever it quotes.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let format: LogFormat

    init(level: Logger.Level, format: LogFormat) {
        logLevel = level
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        Console.note(line(event.level, "\(event.message)", event.metadata ?? [:]))
    }

    func line(_ level: Logger.Level, _ message: String, _ more: Logger.Metadata) -> String {
        let fields = metadata.merging(more) { _, new in new }.sorted { $0.key < $1.key }
        return switch format {
        case .text: text(level, message, fields)
        case .json: json(level, message, fields)
        }
    }

    private func text(
        _ level: Logger.Level, _ message: String, _ fields: [Dictionary<String, Logger.MetadataValue>.Element]
    ) -> String {
        let pairs = fields.map { " \($0.key)=\($0.value)" }.joined()
        return "\(WallTime.now.rfc3339) \(level.rawValue) \(message)\(pairs)".printable
    }

    private func json(
        _ level: Logger.Level, _ message: String, _ fields: [Dictionary<String, Logger.MetadataValue>.Element]
    ) -> String {
        let known = [("time", WallTime.now.rfc3339), ("level", level.rawValue), ("message", message)]
        let all = known + fields.map { ($0.key, "\($0.value)") }
        let members = all.map { "\(JSONText.string($0.0)): \(JSONText.string($0.1))" }
        // Some take these for the end of a line, too, which JSON allows in a string as they are.
        return ("{" + members.joined(separator: ", ") + "}")
            .replacing("\u{2028}", with: #"\u2028"#).replacing("\u{2029}", with: #"\u2029"#)
            .replacing("\u{85}", with: #"\u0085"#)
    }
}
