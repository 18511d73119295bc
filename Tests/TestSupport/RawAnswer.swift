import Foundation

/// A response as it came over the wire.
package struct RawAnswer {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard lines[0].hasPrefix("HTTP/1.1 "), let status = Int(lines[0].dropFirst(9).prefix(3)) else { return nil }
        self.status = status
        headers = lines.dropFirst().map { line in
            let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (sides[0].lowercased(), sides.count > 1 ? sides[1].trimmingCharacters(in: .whitespaces) : "")
        }
        body = Array(bytes[end.upperBound...])
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    package subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension RawAnswer {
    /// Asks on a connection of its own; nil for an answer that is none.
    package static func of(
        _ port: Int, _ target: String, _ headers: [String] = [], method: String = "GET"
    ) async throws -> RawAnswer? {
        let connection = try await RawConnection(port: port)
        let lines = ["\(method) \(target) HTTP/1.1", "Host: test"] + headers + ["Connection: close", "", ""]
        connection.send(lines.joined(separator: "\r\n"))
        try await connection.ends()
        return RawAnswer(connection.received)
    }
}
