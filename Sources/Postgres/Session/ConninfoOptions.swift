import CLibpq

/// libpq's reading of connection strings and of its environment: only what is set.
enum ConninfoOptions {
    static func parse(_ connectionString: String) -> [String: String]? {
        var message: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(message) }
        guard let options = PQconninfoParse(connectionString, &message) else { return nil }
        return take(options)
    }

    /// `PGHOST` and the like, and libpq's built-in defaults.
    static func ofEnvironment() -> [String: String] {
        PQconndefaults().map(take) ?? [:]
    }

    /// What libpq makes of these parameters together with a service, its environment and its defaults. Only a connection
    /// tells: here one that is refused before a server is looked for, since there are no sessions with such attributes.
    static func resolve(_ parameters: [String: String]) -> [String: String] {
        let pairs = parameters.merging(["target_session_attrs": "none"]) { _, none in none }.map { $0 }
        let connection = CStrings.withPointers(pairs.map(\.key) + [nil]) { keywords in
            CStrings.withPointers(pairs.map(\.value) + [nil]) { PQconnectStartParams(keywords, $0, 0) }
        }
        defer { PQfinish(connection) }
        return PQconninfo(connection).map(take) ?? [:]
    }

    private static func take(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        defer { PQconninfoFree(options) }
        var set: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                set[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return set
    }
}
