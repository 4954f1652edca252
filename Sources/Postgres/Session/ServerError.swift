import CLibpq

/// What the server says about a statement it refused. Its `detail` may quote values of rows, and so may its `message`:
/// logs get `withoutValues`.
package struct ServerError: Error, Equatable, CustomStringConvertible {
    package let severity: String
    package let sqlstate: String
    package let message: String
    package let detail: String?
    package let hint: String?
    /// What it names: the function that failed, the table, the column, the constraint.
    let names: [String]
    /// Whether a function has raised it, so that its message can be anything.
    let isRaised: Bool

    package init(
        severity: String = "ERROR", sqlstate: String, message: String, detail: String? = nil, hint: String? = nil,
        names: [String] = [], isRaised: Bool = false
    ) {
        self.severity = severity
        self.sqlstate = sqlstate
        self.message = message
        self.detail = detail
        self.hint = hint
        self.names = names
        self.isRaised = isRaised
    }

    package var description: String {
        "\(message.onOneLine) (\(sqlstate))"
    }

    /// The message where it is the server's own and quotes no value, else what it is about.
    package var withoutValues: String {
        let quotes = isRaised || !Self.ownWords.contains(String(sqlstate.prefix(2))) || sqlstate == "42601"
        return ([quotes ? "an error \(sqlstate)" : description] + names).joined(separator: ", ")
    }

    /// Classes of errors that name objects and sessions. A syntax error (42601) quotes what a function has made.
    private static let ownWords: Set = [
        "08", "0A", "23", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58",
    ]

    /// Nil for a complaint of libpq's own, which no server has made.
    init?(_ result: OpaquePointer) {
        func field(_ letter: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
        }
        guard let sqlstate = field("C") else { return nil }
        let isRaised = field("R") == "exec_stmt_raise"
        self.init(
            severity: field("V") ?? field("S") ?? "ERROR",
            sqlstate: sqlstate,
            message: field("M") ?? String(cString: PQresultErrorMessage(result)),
            detail: field("D"),
            hint: field("H"),
            names: Self.names(field, isRaised),
            isRaised: isRaised
        )
    }

    /// Of the context only where PL/pgSQL was: other lines may quote data. What a function raises may name anything.
    private static func names(_ field: (Unicode.Scalar) -> String?, _ isRaised: Bool) -> [String] {
        let function = field("W")?.split(separator: "\n").first { $0.hasPrefix("PL/pgSQL function ") }.map(String.init)
        let kinds: [(Unicode.Scalar, String)] = [("t", "table"), ("c", "column"), ("n", "constraint")]
        let objects = isRaised ? [] : kinds.compactMap { kind in field(kind.0).map { "\(kind.1) \($0)" } }
        return objects + [function].compactMap { $0 }
    }
}

extension Error {
    /// What a log may have of it.
    package var withoutValues: String {
        guard case .server(let error)? = self as? PostgresError else { return "\(self)" }
        return "database error: \(error.withoutValues)"
    }
}

extension String {
    var onOneLine: String {
        split(whereSeparator: \.isNewline)
            .map { $0.drop(while: \.isWhitespace) }
            .filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
