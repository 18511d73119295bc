import Foundation

/// Who a worker is among its replicas: unique for each start.
package struct WorkerIdentity: Sendable, CustomStringConvertible {
    package let name: String
    package let kind: String
    package let host: String
    /// Eight hexadecimal digits, drawn at start.
    package let suffix: String
    package let process: Int32

    package init(name: String, kind: String) {
        self.name = name
        self.kind = kind
        host = ProcessInfo.processInfo.hostName
        process = ProcessInfo.processInfo.processIdentifier
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        suffix = String(repeating: "0", count: 8 - digits.count) + digits
    }

    package var description: String { "\(name):\(host):\(suffix)" }
}
