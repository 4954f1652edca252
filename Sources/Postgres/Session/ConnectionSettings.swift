import CLibpq

/// Where the database is and how a session there behaves. What the connection string says wins over what we say.
package struct ConnectionSettings: Sendable {
    /// For one attempt, name resolution included; a `connect_timeout` in the string is libpq's own, for each host.
    package var connectTimeout: Duration = .seconds(5)
    /// A standby refuses LISTEN, and its snapshots lie about transactions in progress: only who looks for that goes to one.
    package var wantsPrimary = true

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
        parameters.merge(try given()) { _, given in given }
        // libpq makes 1 to 2 itself; of several hosts each has its share.
        parameters["connect_timeout"] =
            userTimeout(parameters) ?? "\(max(2, connectTimeout.components.seconds / hostCount(parameters)))"
        parameters["client_encoding"] = "UTF8"
        parameters["options"] = serverOptions(parameters["options"] ?? ConninfoOptions.ofEnvironment()["options"])
        return parameters
    }

    /// When waiting for a connection is over, however the name's resolution fares.
    func patience() throws(PostgresError) -> Duration {
        let given = try given()
        let perHost = userTimeout(given).flatMap { Int64($0) } ?? 0
        return max(connectTimeout, .seconds(perHost * hostCount(given)))
    }

    func given() throws(PostgresError) -> [String: String] {
        guard let options = ConninfoOptions.parse(connectionString) else {
            // libpq's own words would quote the string, password and all.
            throw .badSettings("not a connection string of libpq (key=value pairs or a postgresql:// URI)")
        }
        return options
    }

    private func userTimeout(_ given: [String: String]) -> String? {
        given["connect_timeout"] ?? ConninfoOptions.ofEnvironment()["connect_timeout"]
    }

    private func hostCount(_ given: [String: String]) -> Int64 {
        let hosts = given["hostaddr"] ?? given["host"] ?? ""
        return Int64(hosts.split(separator: ",", omittingEmptySubsequences: false).count)
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
