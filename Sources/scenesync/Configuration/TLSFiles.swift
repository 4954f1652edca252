import SyncHTTP

/// Where the server's certificate and its key are.
struct TLSFiles {
    let certificatePath: String
    let keyPath: String

    static func find(_ options: TLSOptions, _ settings: Settings) throws(ConfigurationError) -> TLSFiles? {
        switch (settings.string("tls-cert", options.tlsCert), settings.string("tls-key", options.tlsKey)) {
        case (let certificate?, let key?): return TLSFiles(certificatePath: certificate, keyPath: key)
        case (nil, nil): return nil
        case (_?, nil): throw ConfigurationError("--tls-cert needs the certificate's key: say --tls-key, too")
        case (nil, _?): throw ConfigurationError("--tls-key needs the certificate: say --tls-cert, too")
        }
    }

    func identity() throws(ConfigurationError) -> TLSIdentity {
        do throws(TLSError) {
            return try TLSIdentity(certificatePath: certificatePath, keyPath: keyPath)
        } catch {
            throw ConfigurationError(error.description)
        }
    }
}
