package import Basics
import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files with which a server proves who it is, in PEM.
package struct TLSFiles: Equatable, Sendable {
    /// The server's certificate, followed by what leads from it to an authority.
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Until when the certificate is valid; blocks.
    ///
    /// Throws words that name the file that cannot be used.
    package func expiry() throws(InvalidText) -> Timestamp {
        _ = try ServerTLS(self)
        let seconds = (try? NIOSSLCertificate.fromPEMFile(certificate))?.first?.notValidAfter ?? 0
        return Timestamp(milliseconds: Int64(seconds) * 1000)
    }
}

/// What secures the connections of an address: TLS 1.2 or later, and HTTP/1.1 alone (ALPN, RFC 7301).
///
/// Connections that are open keep the certificate with which they began.
final class ServerTLS: Sendable {
    private let files: TLSFiles
    private let context: Mutex<NIOSSLContext>

    /// Blocks while the files are read; throws words that name the file that cannot be used.
    init(_ files: TLSFiles) throws(InvalidText) {
        self.files = files
        context = Mutex(try Self.context(files))
    }

    /// Reads the files again; if that fails, the old ones stay in use.
    func reload() throws(InvalidText) {
        let new = try Self.context(files)
        context.withLock { $0 = new }
    }

    /// The handler of one connection, which stands in front of all others.
    func handler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: context.withLock(\.self))
    }

    private static func context(_ files: TLSFiles) throws(InvalidText) -> NIOSSLContext {
        let chain = try read(files.certificate, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try read(files.key, "key") { try NIOSSLPrivateKey(file: $0, format: .pem) }
        guard !chain.isEmpty else { throw InvalidText("certificate: \(files.certificate) has no certificate") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A client that is gone does not answer that a connection is closed.
        configuration.shutdownTimeout = .milliseconds(500)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw InvalidText(
                "the key in \(files.key) is not that of the first certificate in \(files.certificate), or is of a kind that TLS here does not take"
            )
        }
    }

    private static func read<Value>(
        _ file: String, _ name: String, _ read: (String) throws -> Value
    ) throws(InvalidText) -> Value {
        var status = stat()
        guard access(file, R_OK) == 0, stat(file, &status) == 0 else {
            throw InvalidText("\(name): cannot read \(file): \(String(cString: strerror(errno)))")
        }
        // Reading from a pipe could wait for ever.
        guard status.st_mode & S_IFMT == S_IFREG else { throw InvalidText("\(name): \(file) is not a regular file") }
        do {
            return try read(file)
        } catch {
            let encrypted = name == "key" ? ", or is encrypted with a passphrase" : ""
            throw InvalidText("\(name): \(file) is not in PEM\(encrypted)")
        }
    }
}
