import NIOCore
import PlainRequests
import Testing

@testable import Serving

@Suite struct OutlineMemoTests {
    @Test func `holds what was made of the last few outlines`() throws {
        var memo = OutlineMemo<Int>(capacity: 3)
        var made: [Int] = []
        func ask(_ number: Int) throws {
            let request = ByteBuffer(string: "GET /\(number) HTTP/1.1\r\n\r\n")
            let outline = try #require(RequestOutline(of: request, OutlineFields(kept: [], foreign: [])))
            let value = memo.value(of: outline) {
                made.append(number)
                return number
            }
            #expect(value == number)
        }
        for number in [0, 1, 0, 2, 1, 2, 3, 1, 2, 0, 3] { try ask(number) }
        #expect(made == [0, 1, 2, 3, 0])
    }
}
