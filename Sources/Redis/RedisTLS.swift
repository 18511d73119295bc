import Basics
import NIOCore
import NIOSSL

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a connection to a `rediss://` server is secured.
///
/// Its files are read for each connection: one that was replaced counts from the next connection on.
package struct RedisTLS: Equatable, Sendable {
    /// What is checked of the server's certificate.
    package enum Verification: String, CaseIterable, Sendable {
        /// That an authority that is trusted has signed it, and that it is for the server's name.
        case full
        /// The signature alone.
        case ca
        /// Nothing: whoever answers may be somebody else.
        case none
    }

    /// A file, in PEM, with the certificates of the authorities that are trusted, or a folder of such files; nil trusts those of the
    /// system.
    package let authorities: String?
    /// A file, in PEM, with the client's certificate and what leads from it to an authority; nil if the server wants none.
    package let certificate: String?
    /// A file, in PEM, with the key of the certificate.
    package let key: String?
    /// The name that the server's certificate is for; nil for the URL's host.
    package let serverName: String?
    package let verification: Verification

    package init(
        authorities: String? = nil, certificate: String? = nil, key: String? = nil, serverName: String? = nil,
        verification: Verification = .full
    ) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
        self.verification = verification
    }

    /// What secures connections, with the files as they are now; blocks while they are read.
    ///
    /// Throws words that name the file that cannot be used.
    func context() throws(InvalidText) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // A server that is gone does not answer that a connection is closed.
        configuration.shutdownTimeout = .milliseconds(500)
        configuration.certificateVerification =
            switch verification {
            case .full: .fullVerification
            case .ca: .noHostnameVerification
            case .none: .none
            }
        if let authorities {
            var status = stat()
            let isFolder = stat(authorities, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            configuration.trustRoots =
                isFolder
                ? .file(authorities)
                : .certificates(try Self.read(authorities, "ca") { try NIOSSLCertificate.fromPEMFile($0) })
        }
        if let certificate {
            let chain = try Self.read(certificate, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.certificateChain = chain.map { .certificate($0) }
        }
        if let key {
            configuration.privateKey = .privateKey(
                try Self.read(key, "key") { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw InvalidText(Self.description(of: error) ?? "\(error)")
        }
    }

    /// What secures one connection to the host.
    func handler(_ context: NIOSSLContext, for host: String) throws -> NIOSSLClientHandler {
        // An address is compared with those in the certificate; as a name it cannot be sent (RFC 6066, section 3).
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: serverName ?? (isAddress ? nil : host))
    }

    private static func read<Value>(
        _ file: String, _ name: String, _ read: (String) throws -> Value
    ) throws(InvalidText) -> Value {
        try requireReadable(file, name)
        do {
            return try read(file)
        } catch {
            throw InvalidText("redis.tls.\(name): \(file) is not in PEM")
        }
    }

    private static func requireReadable(_ file: String, _ name: String) throws(InvalidText) {
        guard access(file, R_OK) == 0 else {
            throw InvalidText("redis.tls.\(name): cannot read \(file): \(String(cString: strerror(errno)))")
        }
    }

    /// Describes an error of the TLS library by what to look at; returns nil for other errors.
    static func description(of error: any Error) -> String? {
        guard error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError else { return nil }
        let text = "\(error)"
        func names(_ codes: String...) -> Bool { codes.contains { text.contains($0) } }
        if case .failedToValidateHostname? = error as? NIOSSLExtraError {
            return "the server's certificate is for another name: redis.tls.server_name says which to expect"
        }
        if names("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_MESSAGE") {
            return "what answers does not speak TLS: the URL would be redis://"
        }
        if names("CERTIFICATE_VERIFY_FAILED") {
            return
                "the server's certificate is not valid: no authority that is trusted has signed it (redis.tls.ca), or it has expired"
        }
        if names("HANDSHAKE_FAILURE") {
            return
                "the server refuses the handshake: it wants a client's certificate (redis.tls.certificate), or has no cipher in common"
        }
        if names("CERTIFICATE_REQUIRED") {
            return "the server wants a client's certificate: redis.tls.certificate and redis.tls.key"
        }
        if names("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_EXPIRED", "CERTIFICATE_UNKNOWN", "DECRYPT_ERROR") {
            return "the server does not accept our certificate, redis.tls.certificate"
        }
        if names("KEY_VALUES_MISMATCH", "failedToLoadPrivateKey") {
            return "redis.tls.key is not the key of redis.tls.certificate"
        }
        if names("uncleanShutdown") { return "the connection was closed by Redis" }
        return "TLS: \(text)"
    }
}
