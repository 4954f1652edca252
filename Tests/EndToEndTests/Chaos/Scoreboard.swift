/// The table of a whole run.
struct Scoreboard: Sendable {
    private static let columns = [
        "fault", "times", "commits", "events", "losses", "noticed", "converged", "sessions", "threads", "descriptors",
        "MiB",
    ]

    private var scores: [ChaosScore] = []

    mutating func add(_ score: ChaosScore) {
        if let at = scores.firstIndex(where: { $0.fault == score.fault }) {
            scores[at] = scores[at].merged(with: score)
        } else {
            scores.append(score)
        }
    }

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
            let counts = ["\(score.times)", "\(score.commits)", "\(score.events)", "\(score.losses)"]
            let times = [score.noticed.map(Self.seconds) ?? "–", score.converged.map(Self.seconds) ?? "never"]
            let holds = score.footprint.map {
                ["\($0.connections)", "\($0.threads)", "\($0.descriptors)", "\($0.memory_bytes >> 20)"]
            }
            return [score.fault] + counts + times + (holds ?? ["", "", "", ""])
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let hundredths = max(0, (duration.milliseconds + 5) / 10)
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }
}
