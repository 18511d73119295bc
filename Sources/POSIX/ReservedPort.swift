import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A free port on loopback, which the kernel gives to no other process until it is released.
///
/// A server that sets SO_REUSEADDR, as usual, can bind it in the meantime.
package final class ReservedPort: Sendable {
    package let number: Int
    private let descriptor: Mutex<Int32?>

    package init() throws(SystemError) {
        let descriptor = socket(AF_INET, Self.stream, 0)
        guard descriptor >= 0 else { throw Self.failure }
        self.descriptor = Mutex(descriptor)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        number = Int(UInt16(bigEndian: address.sin_port))
        guard isBound else { throw Self.failure }
        #if canImport(Darwin)
            // On this system, no other socket could bind it while it is reserved.
            release()
        #endif
    }

    deinit { release() }

    package func release() {
        let descriptor = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let descriptor { close(descriptor) }
    }

    private static var failure: SystemError { SystemError("no free port of loopback", code: errno) }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif
}
