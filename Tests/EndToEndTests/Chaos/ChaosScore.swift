/// How one fault went: a line of the scoreboard.
struct ChaosScore: Sendable {
    let fault: String
    var commits = 0
    var events = 0
    var losses = 0
    /// Until the daemon said that it is stale; nil if it never had to.
    var noticed: Duration?
    /// From the healing until all that anybody sees is what the database has.
    var converged: Duration?
    var footprint: Footprint?
    /// Why it was left out.
    var obstacle: String?
}

/// The table of a whole run.
struct Scoreboard: Sendable {
    var scores: [ChaosScore] = []

    static let columns = [
        "fault", "commits", "events", "losses", "noticed", "converged", "sessions", "threads", "descriptors", "MiB",
    ]

    /// For a terminal.
    var text: String {
        let rows = [Self.columns] + rows
        let widths = Self.columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let pad = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + pad : pad + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// For a page.
    var markdown: String {
        let head = [Self.columns, Self.columns.indices.map { $0 == 0 ? "---" : "---:" }]
        return (head + rows).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    private var rows: [[String]] {
        scores.map { score in
            if let obstacle = score.obstacle {
                return ["\(score.fault): \(obstacle)"] + Self.columns.dropFirst().map { _ in "" }
            }
            return [
                score.fault, "\(score.commits)", "\(score.events)", "\(score.losses)",
                score.noticed.map(Self.seconds) ?? "–", score.converged.map(Self.seconds) ?? "never",
            ]
                + (score.footprint.map {
                    ["\($0.connections)", "\($0.threads)", "\($0.descriptors)", "\($0.memory_bytes >> 20)"]
                } ?? ["", "", "", ""])
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let hundredths = max(0, (duration.milliseconds + 5) / 10)
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }
}
