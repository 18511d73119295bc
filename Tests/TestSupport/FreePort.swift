import Foundation
import Synchronization

/// Ports for servers under test.
///
/// They lie below those that the kernel gives to clients, and none is handed out twice: each test process has a block of its own,
/// so that a port that is free when it is chosen is still free when a slow process comes to bind it.
package enum FreePort {
    private static let all = 20_000..<32_000
    private static let blockSize = 1_000
    private static let block = Result { try claimBlock() }
    private static let cursor = Mutex(0)

    /// The first of as many free neighbouring ports.
    package static func next(_ count: Int = 1) throws -> Int {
        let block = try block.get()
        for _ in block {
            let port = cursor.withLock { cursor in
                defer { cursor = (cursor + count) % (block.count - count) }
                return block.lowerBound + cursor
            }
            if (port..<port + count).allSatisfy({ isFree($0, forReuse: false) }) { return port }
        }
        throw NotInTime(what: "a free port")
    }

    /// A block that no other process has: a lock on a file says so until this process ends (flock(2)).
    private static func claimBlock() throws -> Range<Int> {
        for first in stride(from: all.lowerBound, to: all.upperBound, by: blockSize) {
            let file = open("\(NSTemporaryDirectory())/cointape-ports-\(first)", O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
            guard file >= 0 else { continue }
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return first..<first + blockSize }
            close(file)
        }
        throw NotInTime(what: "a block of ports: as many test processes run as there are blocks")
    }

    /// Whether a server of loopback can listen on the port, with SO_REUSEADDR or without.
    package static func isFree(_ port: Int, forReuse: Bool) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var yes: Int32 = forReuse ? 1 : 0
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(descriptor, 1) == 0
            }
        }
    }
}
