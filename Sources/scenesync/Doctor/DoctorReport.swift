import ProjectSync

/// All that was seen, for people and for programs.
struct DoctorReport {
    struct Entry {
        let subject: String
        let finding: Finding
    }

    let entries: [Entry]

    var hasProblem: Bool { count(.problem) > 0 }

    /// A line for each finding, its cure on the line below, and the sum of it.
    var lines: [StyledLine] {
        let width = entries.map(\.subject.count).max() ?? 0
        let findings = entries.flatMap { entry in
            var line = StyledLine(entry.finding.mark.sign, entry.finding.mark.style)
            line += (" \(entry.subject.fitted(to: width))  \(entry.finding.text.printable)", .plain)
            let indent = String(repeating: " ", count: width + 4)
            return [line] + (entry.finding.cure.map { [StyledLine("\(indent)→ \($0.printable)", .dim)] } ?? [])
        }
        return findings + [StyledLine(), StyledLine(sum, .bold)]
    }

    var json: String {
        let items = entries.map { entry in
            let cure = entry.finding.cure.map(JSONText.string) ?? "null"
            return "{\"check\": \(JSONText.string(entry.subject)), \"mark\": \"\(entry.finding.mark)\", "
                + "\"text\": \(JSONText.string(entry.finding.text)), \"cure\": \(cure)}"
        }
        return "{\"problems\": \(count(.problem)), \"warnings\": \(count(.warning)), "
            + "\"unseen\": \(count(.unseen)), \"findings\": [\(items.joined(separator: ", "))]}"
    }

    private var sum: String {
        let parts = [
            count(.problem) > 0 ? count(.problem).of("problem") : nil,
            count(.warning) > 0 ? count(.warning).of("warning") : nil,
            count(.unseen) > 0 ? count(.unseen).of("check") + " could not be made" : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? "nothing is wrong" : parts.joined(separator: ", ")
    }

    private func count(_ mark: Finding.Mark) -> Int {
        entries.count { $0.finding.mark == mark }
    }
}
