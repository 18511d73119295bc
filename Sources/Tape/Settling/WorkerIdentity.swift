package import Basics
import Foundation
import Synchronization

/// Identifies a worker among its replicas, uniquely for each start, and records the last minute that it saw settled.
package final class WorkerIdentity: Sendable, CustomStringConvertible {
    package let name: String
    package let kind: String
    package let host: String
    /// Eight random hexadecimal digits.
    package let suffix: String
    package let process: Int32
    private let minute = Mutex<Minute?>(nil)

    /// Generates a new suffix, so that identities differ even within one process.
    package init(name: String, kind: String) {
        self.name = name
        self.kind = kind
        host = ProcessInfo.processInfo.hostName
        process = ProcessInfo.processInfo.processIdentifier
        suffix = hexadecimal(UInt32.random(in: .min ... .max), width: 8)
    }

    /// The end of the heartbeat's key, and the holder's name in a lease.
    package var description: String { "\(name):\(host):\(suffix)" }

    /// The newest minute that was noted; nil before the first.
    package var lastMinute: Minute? { minute.withLock(\.self) }

    /// Records the minute if it is newer than the last one.
    package func note(_ settled: Minute) {
        minute.withLock { $0 = max($0 ?? settled, settled) }
    }
}
