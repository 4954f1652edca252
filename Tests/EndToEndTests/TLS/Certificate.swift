/// A certificate that is its own authority, with its key, in a folder that goes with it.
struct Certificate {
    let folder: TemporaryFolder
    private let names: String
    var certificatePath: String { "\(folder.path)/cert.pem" }
    var keyPath: String { "\(folder.path)/key.pem" }
    var flags: [String] { ["--tls-cert", certificatePath, "--tls-key", keyPath] }

    static func make(for names: String = "DNS:localhost,IP:127.0.0.1") async throws -> Certificate {
        let certificate = Certificate(folder: try TemporaryFolder(), names: names)
        try await certificate.renew()
        return certificate
    }

    /// Puts another one in its place.
    func renew() async throws {
        let made = try await Program.sh(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
                -addext subjectAltName=\(names) -keyout '\(keyPath)' -out '\(certificatePath)' 2>&1
            """)
        guard made.status == 0 else { throw TransportError.malformed(made.text) }
    }
}
