/// Which statements this session's server has parsed, by their text.
struct PreparedNames {
    private var names: [String: String] = [:]
    private var count = 0

    /// The name, and whether it is yet to be prepared.
    mutating func name(of sql: String) -> (name: String, isNew: Bool) {
        if let name = names[sql] { return (name, false) }
        count += 1
        let name = "s\(count)"
        names[sql] = name
        return (name, true)
    }

    /// The next call parses it anew, under another name.
    mutating func forget(_ sql: String) {
        names[sql] = nil
    }
}
