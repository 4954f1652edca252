extension ConnectionSettings {
    /// What somebody between here and the server could do, and how to prevent it; nil where there is nobody, or where
    /// the server has to prove who it is.
    package var exposure: String? {
        guard let given = try? given() else { return nil }
        let known = ConninfoOptions.ofEnvironment().merging(given) { _, given in given }
        let hosts = (known["hostaddr"] ?? known["host"] ?? "").split(separator: ",")
        guard let far = hosts.first(where: { !Self.isLocal($0) }) else { return nil }
        let mode = known["sslmode"] ?? "prefer"
        let harm: String
        switch mode {
        case "verify-full": return nil
        case "verify-ca": harm = "any server with a certificate of the same authority could take its place"
        case "require": harm = "anybody in between could take the server's place"
        default: harm = "anybody in between could read everything, the password too"
        }
        return "the connection to \(far) is made with sslmode=\(mode): \(harm); use sslmode=verify-full"
    }

    private static func isLocal(_ host: Substring) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }
}
