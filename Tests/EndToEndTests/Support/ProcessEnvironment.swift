import Glibc

/// The test process's environment without what would configure a daemon or libpq behind a test's back.
enum ProcessEnvironment {
    static subscript(name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    static var clean: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let isOurs = name.hasPrefix("SCENESYNC_") || name.hasPrefix("PG") || name == "DATABASE_URL"
            if parts.count == 2, !isOurs { variables[name] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
