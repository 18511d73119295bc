import Foundation

/// An authority of one test's own that signs certificates, in a folder that goes with it.
package final class TestAuthority: Sendable {
    package let folder: String

    package init() throws {
        folder = NSTemporaryDirectory() + "cointape-authority-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.make("\(folder)/ca", ["-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=authority"])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The authority's own certificate, a file in PEM.
    package var certificate: String { "\(folder)/ca.pem" }

    /// Makes a certificate and its key, `folder/name.pem` and `folder/name.key`; `names` as in `DNS:localhost` or `IP:127.0.0.1`.
    package func sign(_ name: String, for names: [String] = []) throws -> (certificate: String, key: String) {
        let file = "\(folder)/\(name)"
        var arguments = ["-CA", certificate, "-CAkey", "\(folder)/ca.key", "-subj", "/CN=\(name)"]
        if !names.isEmpty { arguments += ["-addext", "subjectAltName=\(names.joined(separator: ","))"] }
        try Self.make(file, arguments)
        return ("\(file).pem", "\(file).key")
    }

    /// What a redis-server is told to have TLS on the port, for the names.
    package func server(port: Int, names: [String] = ["DNS:localhost", "IP:127.0.0.1"], wantsClients: Bool = false)
        throws
        -> [String]
    {
        let own = try sign("server-\(port)", for: names)
        return [
            "--tls-port", "\(port)", "--tls-cert-file", own.certificate, "--tls-key-file", own.key,
            "--tls-ca-cert-file",
            certificate, "--tls-auth-clients", wantsClients ? "yes" : "no",
        ]
    }

    private static func make(_ file: String, _ arguments: [String]) throws {
        let command = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-keyout", "\(file).key", "-out", "\(file).pem",
        ]
        let child = try Child(command + arguments, output: "\(file).txt")
        child.wait()
        guard child.exitCode == 0 else {
            throw NotInTime(what: "openssl: \((try? String(contentsOfFile: "\(file).txt", encoding: .utf8)) ?? "")")
        }
    }
}
