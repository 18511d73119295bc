package import Basics
import Foundation
import Synchronization

/// Who a worker is among its replicas, unique for each start, and the last minute that it saw settled.
package final class WorkerIdentity: Sendable, CustomStringConvertible {
    package let name: String
    package let kind: String
    package let host: String
    /// Eight hexadecimal digits, drawn at start.
    package let suffix: String
    package let process: Int32
    private let minute = Mutex<Minute?>(nil)

    /// Draws a new suffix, so that identities differ even within one process.
    package init(name: String, kind: String) {
        self.name = name
        self.kind = kind
        host = ProcessInfo.processInfo.hostName
        process = ProcessInfo.processInfo.processIdentifier
        suffix = hexadecimal(UInt32.random(in: .min ... .max), width: 8)
    }

    /// As the heartbeat's key ends, and as a lease names its holder.
    package var description: String { "\(name):\(host):\(suffix)" }

    /// The newest minute that was noted; nil before the first.
    package var lastMinute: Minute? { minute.withLock(\.self) }

    /// Keeps the minute if it is newer than the one that was noted before.
    package func note(_ settled: Minute) {
        minute.withLock { $0 = max($0 ?? settled, settled) }
    }
}
