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
/// Its files are read for each connection: a replaced file counts from the next connection on.
package struct RedisTLS: Hashable, Sendable {
    /// What is checked of the server's certificate.
    package enum Verification: String, CaseIterable, Sendable {
        /// That an authority that is trusted has signed it, and that it is for the server's name.
        case full
        /// The signature alone.
        case ca
        /// Nothing: whoever answers may be somebody else.
        case none
    }

    /// A file, in PEM, with the certificates of the trusted authorities, or a folder of such files that `openssl rehash` has
    /// prepared; nil trusts those of the system.
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
            if try Self.kind(of: authorities, "ca") == .folder {
                configuration.trustRoots = .file(authorities)
            } else {
                let certificates = try Self.read(authorities, "ca") { try NIOSSLCertificate.fromPEMFile($0) }
                configuration.trustRoots = .certificates(certificates)
            }
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
        try NIOSSLClientHandler(context: context, serverHostname: expectedName(host))
    }

    /// nil if the certificate is compared with the server's address.
    private func expectedName(_ host: String) -> String? {
        serverName ?? (Self.isAddress(host) ? nil : host)
    }

    /// An IPv6 address may have a zone.
    package static func isAddress(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: String(host.prefix { $0 != "%" }), port: 0)) != nil
    }

    /// Throws unless one of the certificate's DNS names is that of the server; accepts all if names are not verified.
    ///
    /// The TLS library also accepts the server's address if the certificate has it. Where a name is expected, an address proves
    /// nothing: whoever answers DNS chooses it (RFC 9525, section 6.1). A certificate without alternative names is left to the
    /// library, which compares the common name.
    func requireName(_ host: String, in certificate: NIOSSLCertificate?) throws {
        guard verification == .full, let name = expectedName(host) else { return }
        guard let certificate else { throw OtherName() }
        let names = certificate._subjectAlternativeNames()
        let isNamed = names.contains { alternative in
            alternative.nameType == .dnsName
                && Self.matches(name, pattern: String(decoding: alternative.contents, as: UTF8.self))
        }
        guard names.isEmpty || isNamed else { throw OtherName() }
    }

    /// `*` stands for the whole first label only (RFC 9525, section 6.3).
    static func matches(_ name: String, pattern: String) -> Bool {
        func labels(_ text: String) -> [Substring] {
            text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        }
        var (name, pattern) = (labels(name), labels(pattern))
        // The root, as in `redis.example.`.
        if name.count > 1, name.last == "" { name.removeLast() }
        if pattern.first == "*", pattern.count > 1, name.first?.isEmpty == false { pattern[0] = name[0] }
        return name == pattern
    }

    /// The server's certificate is for another name.
    struct OtherName: Error {}

    /// The server closed the connection before it was secured, without a word.
    struct HandshakeEnded: Error {}

    private static func read<Value>(
        _ file: String, _ name: String, _ read: (String) throws -> Value
    ) throws(InvalidText) -> Value {
        // Reading from a pipe could wait for ever.
        guard try kind(of: file, name) == .file else {
            throw InvalidText("redis.tls.\(name): \(file) is not a regular file")
        }
        do {
            return try read(file)
        } catch {
            let encrypted = name == "key" ? ", or is encrypted with a passphrase" : ""
            throw InvalidText("redis.tls.\(name): \(file) is not in PEM\(encrypted)")
        }
    }

    static func isFolder(_ file: String) -> Bool { (try? kind(of: file, "")) == .folder }

    private enum FileKind {
        case file, folder, other
    }

    /// Throws if it cannot be read.
    private static func kind(of file: String, _ name: String) throws(InvalidText) -> FileKind {
        var status = stat()
        guard access(file, R_OK) == 0, stat(file, &status) == 0 else {
            throw InvalidText("redis.tls.\(name): cannot read \(file): \(String(cString: strerror(errno)))")
        }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// Describes an error of TLS by what to look at; returns nil for other errors.
    static func description(of error: any Error) -> String? {
        let otherName = "the server's certificate is for another name: redis.tls.server_name says which to expect"
        if error is OtherName { return otherName }
        if error is HandshakeEnded { return "the connection was closed by Redis during the TLS handshake" }
        guard error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError else { return nil }
        let text = "\(error)"
        func names(_ codes: String...) -> Bool { codes.contains { text.contains($0) } }
        if case .failedToValidateHostname? = error as? NIOSSLExtraError {
            return otherName
        }
        if names("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_MESSAGE") {
            return "what answers does not speak TLS: the URL would begin with redis, not rediss"
        }
        if names("CERTIFICATE_VERIFY_FAILED") {
            return
                "the server's certificate is not valid: no trusted authority has signed it (redis.tls.ca), or it has expired"
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
        if names("EOF during handshake") {
            return description(of: HandshakeEnded())
        }
        if names("uncleanShutdown") { return "the connection was closed by Redis" }
        return "TLS: \(text)"
    }
}
