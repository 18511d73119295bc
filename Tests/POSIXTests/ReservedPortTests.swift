import Foundation
import POSIX
import Testing

@Suite struct ReservedPortTests {
    /// Whether a server can listen on the port, with SO_REUSEADDR or without.
    private func listens(_ port: Int, reusing: Bool) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var yes: Int32 = reusing ? 1 : 0
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

    @Test func `a server can take a reserved port, and nobody else gets it by chance`() throws {
        let port = try ReservedPort()
        #expect((1...65_535).contains(port.number))
        #expect(listens(port.number, reusing: true))
        #expect(!listens(port.number, reusing: false))
        port.release()
        port.release()
        #expect(listens(port.number, reusing: false))
    }
}
