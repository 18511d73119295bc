import Foundation
import TestSupport
import Testing

/// An api that speaks HTTPS, asked by curl.
@Suite(.timeLimit(.minutes(3))) struct ServerTLSTests {
    /// An api process with a certificate for localhost.
    private final class Server: Sendable {
        let authority: TestAuthority
        let folder: TestFolder
        let process: Cointape
        let port: Int

        init(http: String = "{}") async throws {
            authority = try TestAuthority()
            folder = try TestFolder()
            port = try FreePort.next()
            try Self.install(authority, as: "first", in: folder)
            try Self.config(folder, port: port, http: http)
            process = try Cointape(["run", "api.json"], in: folder.path)
            try await process.prints("api.listening")
        }

        /// Puts another certificate where the server reads it.
        static func install(_ authority: TestAuthority, as name: String, in folder: TestFolder) throws {
            let files = try authority.sign(name, for: ["DNS:localhost", "IP:127.0.0.1"])
            for (file, target) in [(files.certificate, "server.pem"), (files.key, "server.key")] {
                try Data(contentsOf: URL(filePath: file)).write(to: URL(filePath: "\(folder.path)/\(target)"))
            }
        }

        static func config(
            _ folder: TestFolder, port: Int, http: String = "{}",
            tls: String = #"{"certificate": "server.pem", "key": "server.key"}"#
        ) throws {
            try """
            {"worker": "api", "name": "api", "redis": {"url": "redis://127.0.0.1:1"},
             "listen": [{"port": \(port), "tls": \(tls)}], "http": \(http)}
            """.write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        }

        /// What curl prints, and its exit code in the last line.
        func curl(_ arguments: String, authority: TestAuthority? = nil) async throws -> String {
            let trusted = (authority ?? self.authority).certificate
            return try await shell("curl -sS --max-time 20 --cacert '\(trusted)' \(arguments) 2>&1; echo \" exit $?\"")
        }
    }

    @Test func `requests are answered over TLS as they are without`() async throws {
        let server = try await Server()
        let url = "https://localhost:\(server.port)"
        #expect(
            try await server.curl("-o /dev/null -w '%{http_code} %{http_version}' --http2 \(url)/healthz")
                == "200 1.1 exit 0\n")
        // Large responses, and several requests on one connection.
        let contract = try await server.curl(
            "\(url)/openapi.yaml \(url)/openapi.yaml -o /dev/null -w '%{size_download}/%{num_connects} '")
        let size = try Data(contentsOf: URL(filePath: "\(Repository.path)/Sources/Serving/OpenAPI/openapi.yaml")).count
        #expect(contract.contains("\(size)/0") && contract.hasSuffix("exit 0\n"), "\(contract.suffix(100))")
        let refused = try await server.curl(
            "-o /dev/null -w '%{http_code}' -H 'X: \(String(repeating: "x", count: 20_000))' \(url)/")
        #expect(refused.hasPrefix("431") && refused.hasSuffix("exit 0\n"), "\(refused)")
        #expect(
            try await server.curl("-o /dev/null -w '%{http_code}' -X PUT -d @/etc/hostname \(url)/buy_order").hasPrefix(
                "404"))
        server.process.signal(SIGTERM)
        #expect(try await server.process.exit() == 0)
    }

    @Test func `old versions, plain HTTP and silent clients get nothing, and trouble nobody`() async throws {
        let server = try await Server(http: #"{"head_timeout": "1s", "idle_timeout": "1s"}"#)
        let silent = try await RawConnection(port: server.port)
        let url = "https://localhost:\(server.port)/healthz"
        #expect(try await server.curl("--tls-max 1.1 --ciphers ALL:@SECLEVEL=0 \(url)").hasSuffix("exit 35\n"))
        let plain = try await server.curl("http://localhost:\(server.port)/healthz")
        #expect(!plain.contains("200") && !plain.hasSuffix("exit 0\n"), "\(plain)")
        let stranger = try TestAuthority()
        #expect(try await server.curl(url, authority: stranger).hasSuffix("exit 60\n"))
        try await silent.ends(within: .seconds(20))
        #expect(try await server.curl("-o /dev/null -w '%{http_code}' \(url)") == "200 exit 0\n")
    }

    @Test func `SIGHUP has new connections get the new certificate, and a broken one changes nothing`() async throws {
        let server = try await Server()
        let url = "https://localhost:\(server.port)/healthz"
        let second = try TestAuthority()
        try Server.install(second, as: "second", in: server.folder)
        #expect(try await server.curl("-o /dev/null \(url)").hasSuffix("exit 0\n"))
        server.process.signal(SIGHUP)
        try await server.process.prints("tls.reloaded")
        #expect(try await server.curl("-o /dev/null \(url)", authority: second).hasSuffix("exit 0\n"))
        #expect(try await server.curl("-o /dev/null \(url)").hasSuffix("exit 60\n"))
        try "nothing".write(toFile: "\(server.folder.path)/server.pem", atomically: true, encoding: .utf8)
        server.process.signal(SIGHUP)
        try await server.process.prints("tls.not_reloaded")
        #expect(server.process.text.contains("server.pem is not in PEM"), "\(server.process.text)")
        #expect(try await server.curl("-o /dev/null \(url)", authority: second).hasSuffix("exit 0\n"))
        server.process.signal(SIGTERM)
        #expect(try await server.process.exit() == 0)
    }

    @Test func `doctor tells until when a certificate is valid, and which cannot be used`() async throws {
        let folder = try TestFolder()
        try Server.install(try TestAuthority(), as: "own", in: folder)
        try Server.config(folder, port: 6667)
        // Test certificates are valid for two days.
        let told = try await Cointape.run(["doctor", "api.json"], in: folder.path)
        #expect(
            told.text.contains(/warning  TLS on 127.0.0.1:6667: the certificate in server.pem is valid until 20\d\d-/),
            "\(told.text)")
        let now = try await shell("date -u -d '+3 days' +%s000")
        let late = try await Cointape.run(
            ["doctor", "api.json"], in: folder.path,
            environment: ["COINTAPE_CLOCK": "\(now.trimmingCharacters(in: .whitespacesAndNewlines))x1"])
        #expect(
            late.text.contains("wrong    TLS on 127.0.0.1:6667: the certificate in server.pem has ended"),
            "\(late.text)")
        try Server.config(folder, port: 6667, tls: #"{"certificate": "none.pem", "key": "server.key"}"#)
        let missing = try await Cointape.run(["doctor", "api.json"], in: folder.path)
        #expect(
            missing.text.contains("wrong    TLS on 127.0.0.1:6667: certificate: cannot read none.pem"),
            "\(missing.text)")
    }

    @Test func `files that cannot be used are named at the start`() async throws {
        let folder = try TestFolder()
        let authority = try TestAuthority()
        try Server.install(authority, as: "own", in: folder)
        let other = try authority.sign("other")
        try "nothing".write(toFile: "\(folder.path)/text", atomically: true, encoding: .utf8)
        for (tls, code, message) in [
            (
                #"{"certificate": "none.pem", "key": "server.key"}"#, 1,
                "with TLS: certificate: cannot read none.pem: No such file"
            ),
            (#"{"certificate": "server.pem", "key": "."}"#, 1, "with TLS: key: . is not a regular file"),
            (#"{"certificate": "text", "key": "server.key"}"#, 1, "with TLS: certificate: text is not in PEM"),
            (#"{"certificate": "server.pem", "key": "text"}"#, 1, "with TLS: key: text is not in PEM, or is encrypted"),
            (
                #"{"certificate": "server.pem", "key": "\#(other.key)"}"#, 1,
                "is not that of the first certificate in server.pem"
            ),
            (#"{"certificate": "server.pem"}"#, 78, "listen[0].tls.key: missing"),
            (#"{"certificate": "server.pem", "key": ""}"#, 78, "listen[0].tls.key: is empty, and the other is not"),
        ] as [(String, Int32, String)] {
            try Server.config(folder, port: try FreePort.next(), tls: tls)
            let process = try Cointape(["run", "api.json"], in: folder.path)
            #expect(try await process.exit() == code, "\(process.text)")
            #expect(process.text.contains(message), "\(message): \(process.text)")
        }
        // As a variable that is not set has it.
        let port = try FreePort.next()
        try Server.config(folder, port: port, tls: #"{"certificate": "", "key": ""}"#)
        let process = try Cointape(["run", "api.json"], in: folder.path)
        try await process.prints("api.listening")
        #expect(try await shell("curl -sS -o /dev/null -w '%{http_code}' http://localhost:\(port)/healthz") == "200")
    }
}
