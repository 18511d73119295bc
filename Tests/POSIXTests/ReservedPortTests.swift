import POSIX
import TestSupport
import Testing

@Suite struct ReservedPortTests {
    @Test func `a server can take a reserved port, and nobody else gets it by chance`() throws {
        let port = try ReservedPort()
        #expect((1...65_535).contains(port.number))
        #expect(FreePort.isFree(port.number, forReuse: true))
        #expect(!FreePort.isFree(port.number, forReuse: false))
        port.release()
        port.release()
        #expect(FreePort.isFree(port.number, forReuse: false))
    }
}
