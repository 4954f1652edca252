import Postgres

/// What travels between the daemon's host and the server: project data, the channel's name, a password.
struct Encryption: Check {
    let subject = "encryption"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let settings = ConnectionSettings(deployment.connectionString)
        return [
            Self.finding(
                distantServer: settings.distantServer,
                mode: settings.value(of: "sslmode") ?? "prefer", isEncrypted: deployment.session.isEncrypted)
        ]
    }

    static func finding(distantServer: String?, mode: String, isEncrypted: Bool) -> Finding {
        guard let host = distantServer else {
            return .ok(isEncrypted ? "TLS, on this machine" : "none, and none is needed on this machine")
        }
        let cure = "add sslmode=verify-full to the connection string, and sslrootcert=FILE (or system) if it needs one"
        if !isEncrypted {
            return .problem(
                "the connection to \(host) is plain text: whoever is on the way can read and change it "
                    + "(sslmode is \(mode))", cure: cure)
        }
        guard mode == "verify-full" else {
            return .warning(
                "TLS, but sslmode is \(mode): \(host) does not have to prove that it is the server", cure: cure)
        }
        return .ok("TLS, and \(host) has proved that it is the server")
    }
}
