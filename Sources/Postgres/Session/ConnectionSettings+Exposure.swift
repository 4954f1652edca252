extension ConnectionSettings {
    /// What somebody between here and the server could do, and how to prevent it; nil where there is nobody, or where
    /// the server has to prove who it is.
    package var exposure: String? {
        guard let far = distantServer else { return nil }
        let mode = value(of: "sslmode") ?? "prefer"
        let harm: String
        switch mode {
        case "verify-full": return nil
        case "verify-ca": harm = "any server with a certificate of the same authority could take its place"
        case "require": harm = "anybody in between could take the server's place"
        default: harm = "anybody in between could read everything, the password too"
        }
        return "the connection to \(far) is made with sslmode=\(mode): \(harm); use sslmode=verify-full"
    }

    /// The first server that is not on this machine; nil if all are. Its host before its `hostaddr`, since that is what a
    /// certificate is checked against; either of them leads away.
    package var distantServer: String? {
        ["host", "hostaddr"].lazy
            .flatMap { (value(of: $0) ?? "").split(separator: ",") }
            .first { !Self.isLocal($0) }
            .map { String($0) }
    }

    private static func isLocal(_ host: Substring) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }
}
