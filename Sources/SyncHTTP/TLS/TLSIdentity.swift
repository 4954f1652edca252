import NIOHTTP2
import NIOSSL
import Synchronization

/// The certificate that the daemon shows, and its key; read again when it is told to.
package final class TLSIdentity: Sendable {
    private let certificatePath: String
    private let keyPath: String
    private let context: Mutex<NIOSSLContext>

    package init(certificatePath: String, keyPath: String) throws(TLSError) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        context = Mutex(try Self.read(certificatePath, keyPath))
    }

    /// For the next connections; what cannot be used leaves everything as it is.
    package func reload() throws(TLSError) {
        let new = try Self.read(certificatePath, keyPath)
        context.withLock { $0 = new }
    }

    var current: NIOSSLContext {
        context.withLock { $0 }
    }

    private static func read(_ certificatePath: String, _ keyPath: String) throws(TLSError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificatePath) } catch {
            throw TLSError("cannot read certificates from \(certificatePath): it has to be a file of them in PEM form")
        }
        guard !chain.isEmpty else { throw TLSError("there is no certificate in \(certificatePath)") }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: keyPath, format: .pem) } catch {
            throw TLSError("cannot read a private key from \(keyPath): it has to be a file of one in PEM form")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        do { return try NIOSSLContext(configuration: configuration) } catch {
            throw TLSError("the key in \(keyPath) does not fit the certificate in \(certificatePath)")
        }
    }
}

/// Why a certificate cannot be used.
package struct TLSError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
