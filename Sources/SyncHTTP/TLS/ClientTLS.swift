import Fanout
import Glibc
import NIOCore
import NIOSSL

/// TLS as its client: of an issuer whose keys are read, and of a daemon that a command asks.
package enum ClientTLS {
    /// Trusts the system's authorities, or those of the file that `SSL_CERT_FILE` names, as OpenSSL's programs do.
    static var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let path = getenv("SSL_CERT_FILE").map({ String(cString: $0) }), !path.isEmpty {
            configuration.trustRoots = .file(path)
        }
        return configuration
    }

    /// For a server that has to show a certificate for `host`.
    package static func handler(to host: String) throws -> any ChannelHandler {
        // An address is not asked for by name; it has to stand in the certificate all the same.
        let name = ClientAddress(host) == nil ? host : nil
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: name)
    }

    /// For a server whose certificate is not looked at: the daemon of one's own machine, asked how it is.
    package static func trustingHandler() throws -> any ChannelHandler {
        var configuration = configuration
        configuration.certificateVerification = .none
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil)
    }

    /// What there is to tell about an error of TLS; nil for another one.
    package static func explanation(of error: any Error) -> String? {
        let isOfTLS = error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
        guard isOfTLS else { return nil }
        let isUntrusted =
            "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
            || (error as? NIOSSLExtraError) == .failedToValidateHostname
        return isUntrusted
            ? "its certificate is not for this name, or of nobody trusted: SSL_CERT_FILE names a file of authorities"
            : "TLS has failed: \(error)"
    }
}
