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
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let line =
            switch format {
            case .text: text(event.level, "\(event.message)", fields)
            case .json: json(event.level, "\(event.message)", fields)
            }
        Console.note(line)
    }

    private func text(
        _ level: Logger.Level, _ message: String, _ fields: [Dictionary<String, Logger.MetadataValue>.Element]
    ) -> String {
        let pairs = fields.map { " \($0.key)=\("\($0.value)".printable)" }.joined()
        return "\(WallTime.now.rfc3339) \(level.rawValue) \(message.printable)\(pairs)"
    }

    private func json(
        _ level: Logger.Level, _ message: String, _ fields: [Dictionary<String, Logger.MetadataValue>.Element]
    ) -> String {
        let known = [("time", WallTime.now.rfc3339), ("level", level.rawValue), ("message", message)]
        let all = known + fields.map { ($0.key, "\($0.value)") }
        let members = all.map { "\(JSONText.string($0.0)): \(JSONText.string($0.1))" }
        return "{" + members.joined(separator: ", ") + "}"
    }
}
