import Foundation
import Synchronization

/// Ports for servers under test.
///
/// They lie below those that the kernel gives to clients, and none is handed out twice: a port that is free when it is
/// chosen is still free when a slow process comes to bind it.
package enum FreePort {
    private static let range = 20_000..<32_000
    private static let cursor = Mutex(Int(ProcessInfo.processInfo.processIdentifier) * 97 % range.count)

    /// The first of as many free neighbouring ports.
    package static func next(_ count: Int = 1) throws -> Int {
        for _ in range {
            let port = cursor.withLock { cursor in
                defer { cursor = (cursor + count) % (range.count - count) }
                return range.lowerBound + cursor
            }
            if (port..<port + count).allSatisfy({ isFree($0, forReuse: false) }) { return port }
        }
        throw NotInTime(what: "a free port")
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
