import Postgres

extension Rows {
    /// The texts of a column, without its NULLs.
    func strings(_ column: Int) -> [String] {
        (0..<count).compactMap { string($0, column) }
    }
}

extension [String] {
    /// As a parameter of type `text[]`.
    var sqlArray: String {
        let elements = map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
        return "{" + elements.joined(separator: ",") + "}"
    }
}
