import CLibpq

/// What the server says about a statement it refused. Its `detail` may quote values of rows: not for logs.
package struct ServerError: Error, Equatable, CustomStringConvertible {
    package let severity: String
    package let sqlstate: String
    package let message: String
    package let detail: String?
    package let hint: String?

    package init(
        severity: String = "ERROR", sqlstate: String, message: String, detail: String? = nil, hint: String? = nil
    ) {
        self.severity = severity
        self.sqlstate = sqlstate
        self.message = message
        self.detail = detail
        self.hint = hint
    }

    package var description: String {
        "\(message.onOneLine) (\(sqlstate))"
    }

    /// Nil for a complaint of libpq's own, which no server has made.
    init?(_ result: OpaquePointer) {
        func field(_ letter: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
        }
        guard let sqlstate = field("C") else { return nil }
        self.init(
            severity: field("V") ?? field("S") ?? "ERROR",
            sqlstate: sqlstate,
            message: field("M") ?? String(cString: PQresultErrorMessage(result)),
            detail: field("D"),
            hint: field("H")
        )
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
