import CLibpq

/// Where the database is and how a session there behaves. What the connection string says wins over what we say.
package struct ConnectionSettings: Sendable {
    /// For the hosts together, if each is one address; a `connect_timeout` of the user's is libpq's own, for each.
    package var connectTimeout: Duration = .seconds(5)
    /// A standby refuses LISTEN, and its snapshots lie about transactions in progress: only who looks for that goes to one.
    package var wantsPrimary = true

    /// That many are waited for; nobody knows before how many there are.
    private static let addressesOfAName: Int64 = 3

    private let connectionString: String
    private let applicationName: String
    private let options: [String: String]

    /// `options` are the session's server settings, as in `["synchronous_commit": "off"]`. An empty string is libpq's
    /// own environment.
    package init(_ connectionString: String, applicationName: String = "scenesync", options: [String: String] = [:]) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.options = options
    }

    /// A parameter as libpq takes it: from the string, else from its environment and its defaults.
    package func value(of keyword: String) -> String? {
        (try? given())?[keyword] ?? ConninfoOptions.ofEnvironment()[keyword]
    }

    /// For errors and logs: where it goes and as whom, never a password.
    package var description: String {
        guard let given = try? given() else { return "unreadable connection string" }
        let known = ConninfoOptions.ofEnvironment().merging(given) { _, given in given }
        let shown = ["service", "host", "hostaddr", "port", "dbname", "user"].compactMap { keyword in
            known[keyword].map { "\(keyword)=\($0.contains("=") || $0.contains("://") ? "…" : $0)" }
        }
        return shown.joined(separator: " ")
    }

    /// Throws `badSettings` for a string that libpq cannot read.
    package func check() throws(PostgresError) {
        _ = try parameters()
    }

    /// What `PQconnectdbParams` is given.
    func parameters() throws(PostgresError) -> [String: String] {
        var parameters = [
            "fallback_application_name": applicationName,
            // A black-holed link is noticed after 5 + 3 * 2 seconds at the latest, whoever had something to say.
            "keepalives": "1",
            "keepalives_idle": "5",
            "keepalives_interval": "2",
            "keepalives_count": "3",
            "tcp_user_timeout": "10000",
            "target_session_attrs": wantsPrimary ? "read-write" : "any",
        ]
        let given = try given()
        let known = ConninfoOptions.resolve(given)
        parameters.merge(given) { _, given in given }
        parameters["connect_timeout"] = known["connect_timeout"] ?? "\(timeout_seconds(known))"
        parameters["client_encoding"] = "UTF8"
        parameters["options"] = serverOptions(known["options"])
        return parameters
    }

    /// When waiting for a connection is over, however the name's resolution fares: after libpq has tried every address,
    /// since each attempt begins with the first one. libpq counts whole seconds.
    func patience() throws(PostgresError) -> Duration {
        let known = ConninfoOptions.resolve(try given())
        let addresses = Self.hosts(known).map { Self.isAddress($0) ? 1 : Self.addressesOfAName }.reduce(0, +)
        return max(connectTimeout, .seconds(timeout_seconds(known) * addresses)) + .seconds(1)
    }

    func given() throws(PostgresError) -> [String: String] {
        guard let options = ConninfoOptions.parse(connectionString) else {
            // libpq's own words would quote the string, password and all.
            throw .badSettings("not a connection string of libpq (key=value pairs or a postgresql:// URI)")
        }
        return options
    }

    /// For each address; 0 is for ever. libpq makes 1 to 2 itself.
    private func timeout_seconds(_ known: [String: String]) -> Int64 {
        if let users = known["connect_timeout"].flatMap({ Int64($0) }) { return users > 0 ? max(2, users) : 0 }
        return max(2, connectTimeout.components.seconds / Int64(Self.hosts(known).count))
    }

    private static func hosts(_ known: [String: String]) -> [Substring] {
        (known["hostaddr"] ?? known["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    }

    /// One of the network's, or a socket's.
    private static func isAddress(_ host: Substring) -> Bool {
        host.isEmpty || host.contains { "/@:".contains($0) } || host.allSatisfy { $0.isNumber || $0 == "." }
    }

    /// The server's end of the socket watches too; what the user says comes last and wins.
    private func serverOptions(_ users: String?) -> String {
        let defaults = [
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
            "tcp_user_timeout": "10000",
        ]
        let ours = defaults.merging(options) { _, given in given }
            .sorted { $0.key < $1.key }
            .map { "-c \($0.key)=\(escape($0.value))" }
        return (ours + [users ?? ""]).joined(separator: " ")
    }

    private func escape(_ value: String) -> String {
        value.reduce(into: "") { escaped, character in
            if character == "\\" || character.isWhitespace { escaped.append("\\") }
            escaped.append(character)
        }
    }
}
