/// A trigger that a script makes, and the table it belongs to.
struct TriggerName: Equatable {
    let name: String
    let table: String

    /// The triggers of a script of ours, in which `CREATE OR REPLACE TRIGGER name` and `… ON table` stand on two lines.
    static func all(in script: String) -> [TriggerName] {
        let lines = script.split(separator: "\n")
        return zip(lines, lines.dropFirst()).compactMap { line, next in
            let words = line.split(separator: " ")
            guard words.starts(with: ["CREATE", "OR", "REPLACE", "TRIGGER"]), words.count == 5 else { return nil }
            return next.split(separator: " ON ").last.map { TriggerName(name: String(words[4]), table: String($0)) }
        }
    }
}
