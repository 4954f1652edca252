import Postgres

/// A trigger as one of our scripts makes it, to be compared with the one that a database has.
struct TriggerDefinition: Equatable {
    let name: String
    /// With its schema, without quotes.
    let table: String
    private let statement: String

    static func all(in script: Script) -> [TriggerDefinition] {
        script.text.split(separator: ";").compactMap { statement in
            guard let start = statement.ranges(of: "CREATE OR REPLACE TRIGGER").first else { return nil }
            let text = String(statement.suffix(from: start.lowerBound))
            return TriggerName.all(in: text).first.map { trigger in
                TriggerDefinition(
                    name: trigger.name, table: trigger.table.replacing("\"", with: ""), statement: text)
            }
        }
    }

    /// Whether `text`, from `pg_get_triggerdef`, says the same.
    func isSame(as text: String) -> Bool {
        Self.folded(statement) == Self.folded(text)
    }

    /// PostgreSQL prints parentheses, case, qualifications and white space its own way.
    private static func folded(_ statement: String) -> String {
        let text = statement.lowercased()
            .replacing("create or replace trigger", with: "create trigger")
            .replacing("pg_catalog.", with: "")
        return text.filter { !$0.isWhitespace && !"()\"".contains($0) }
    }
}
