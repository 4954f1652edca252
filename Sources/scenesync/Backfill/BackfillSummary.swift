/// What a backfill says at its end.
struct BackfillSummary {
    let counts: BackfillReport.Counts
    let isDry: Bool
    let isComplete: Bool

    var text: String {
        let nothing = counts.projects - counts.copiedProjects - counts.refused - counts.busy
        var lines = [
            """
            \(isDry ? "would copy" : "copied") \(counts.images.grouped) images of \(counts.scenes.grouped) scenes in \
            \(counts.copiedProjects.grouped) projects; \(nothing.grouped) projects had nothing to copy
            """
        ]
        if counts.leftOut > 0 { lines.append("left out \(counts.leftOut.grouped) scenes, listed above") }
        if counts.refused > 0 {
            lines.append("\(counts.refused.grouped) projects were refused by the database's own rules, listed above")
        }
        if counts.busy > 0 {
            lines.append(
                """
                \(counts.busy.grouped) projects were locked all the time, listed above: see pg_stat_activity for \
                transactions that do not end, and run backfill again
                """)
        }
        if !isDry {
            lines.append(
                """
                compared what readers see before and after in \(counts.copiedProjects.grouped) projects: \
                byte for byte the same
                """)
        }
        if !isComplete { lines.append("not complete: run backfill again, it goes on from here") }
        return lines.joined(separator: "\n")
    }
}

extension Int {
    /// As in 12,345.
    var grouped: String {
        var text = ""
        for (place, digit) in String(self).reversed().enumerated() {
            if place > 0, place % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
