import Foundation

/// A SeaweedFS of one test's own, whose S3 checks signatures, on free ports, with its data in a folder that goes with it.
///
/// It has the bucket `tape`, which `archive-key` may do everything with and `reader-key` may read.
package final class TestS3: Sendable {
    /// Of S3.
    package let port: Int
    /// Each begins with `canary`, as all secrets of tests do.
    package static let secrets = ["archive-key": "canary-archive-secret", "reader-key": "canary-reader-secret"]

    private let folder: String
    private let ports: Range<Int>
    private let process: Child

    private static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".build/servers/seaweedfs-4.48").path

    /// Whether `scripts/servers` has put it there, as it does on Linux.
    package static let isThere = FileManager.default.isExecutableFile(atPath: program)

    /// Returns when it has taken its first file.
    package init() async throws {
        folder = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let first = try FreePort.next(8)
        ports = first..<first + 8
        port = first
        let filer = first + 2
        let rights = ["archive-key": ["Admin"], "reader-key": ["Read:tape", "List:tape"]]
        let identities = Self.secrets.map { key, secret in
            """
            {"name": "\(key)", "credentials": [{"accessKey": "\(key)", "secretKey": "\(secret)"}],
             "actions": ["\((rights[key] ?? []).joined(separator: "\", \""))"]}
            """
        }
        try Data("{\"identities\": [\(identities.joined(separator: ","))]}".utf8)
            .write(to: URL(fileURLWithPath: folder + "/s3.json"))
        process = try Child(
            [
                Self.program, "server", "-dir=\(folder)", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3",
                "-s3.port=\(first)", "-s3.port.grpc=\(first + 1)", "-filer.port=\(filer)",
                "-filer.port.grpc=\(first + 3)", "-master.port=\(first + 4)", "-master.port.grpc=\(first + 5)",
                "-volume.port=\(first + 6)", "-volume.port.grpc=\(first + 7)", "-s3.port.iceberg=0",
                "-s3.port.lance=0", "-s3.config=\(folder)/s3.json", "-s3.autoCreateBucket=false",
                "-master.volumeSizeLimitMB=64", "-volume.max=20", "-master.telemetry=false",
            ], output: folder + "/log")
        try await eventually("SeaweedFS takes a file") {
            guard process.isRunning else {
                let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
                throw NotInTime(what: "SeaweedFS starts: it has ended: \(log.suffix(500))")
            }
            // What is written by the filer needs no keys; folders here are buckets to S3.
            return try await Self.writes("/first", "hello", by: filer)
        }
        try await eventually("the bucket is made") { try await Self.writes("/buckets/tape/", "", by: filer) }
        try await eventually("its S3 answers") {
            (try? await RawAnswer.of(first, "/"))?.status == 403
        }
    }

    private static func writes(_ path: String, _ text: String, by filer: Int) async throws -> Bool {
        guard let connection = try? await RawConnection(port: filer) else { return false }
        let method = path.hasSuffix("/") ? "POST" : "PUT"
        connection.send(
            "\(method) \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n"
                + text)
        try await connection.ends()
        return RawAnswer(connection.received)?.status == 201
    }

    deinit {
        process.signal(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
        // Sockets of its own, beside each port.
        let sockets = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in sockets where name.hasPrefix("seaweedfs-") && name.hasSuffix(".sock") {
            let port = name.dropLast(5).split(separator: "-").last.flatMap { Int($0) }
            if let port, ports.contains(port) { unlink("/tmp/\(name)") }
        }
    }
}
