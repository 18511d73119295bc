#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TCP connection to this machine that is written and read by the thread that asks: quick, for very many requests.
package final class BlockingClient {
    private let descriptor: Int32
    /// Whether the other side has ended it.
    package private(set) var hasEnded = false

    package struct Failure: Error {
        package let errno: Int32
    }

    package init(port: Int) throws {
        descriptor = socket(AF_INET, Self.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard outcome == 0 else { throw Failure(errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// What the other side has ended already is thrown away.
    package func send(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.send(descriptor, $0) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)

        private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    #else
        private static let stream = SOCK_STREAM

        private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
        }
    #endif

    package func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// All that comes until the other side ends.
    package func rest() throws -> [UInt8] {
        var received: [UInt8] = []
        while try receive(&received) {}
        return received
    }

    /// The next answer, interim ones before it included; one without a length lasts until the end.
    package func answer(toHEAD isHEAD: Bool) throws -> [UInt8] {
        var received: [UInt8] = []
        var start = 0
        while true {
            while true {
                if let end = Self.headEnd(received, from: start) {
                    let head = String(decoding: received[start..<end], as: UTF8.self)
                    let status = Int(head.dropFirst(9).prefix(3)) ?? 0
                    if status < 200 {
                        start = end
                        continue
                    }
                    let length = isHEAD || status == 304 ? 0 : Self.contentLength(head)
                    if let length, received.count >= end + length { return received }
                }
                break
            }
            guard try receive(&received) else { return received }
        }
    }

    private static func headEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        bytes[start...].firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A])?.upperBound
    }

    private static func contentLength(_ head: String) -> Int? {
        head.firstMatch(of: /\r\nContent-Length: (\d+)\r\n/.ignoresCase()).flatMap { Int($0.1) }
    }

    private func receive(_ received: inout [UInt8]) throws -> Bool {
        let capacity = 64 * 1024
        let part = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, capacity, 0))
        }
        if part.isEmpty {
            // A reset is an end too; silence is not.
            guard errno != EAGAIN && errno != EWOULDBLOCK || hasEnded else { throw Failure(errno: errno) }
            hasEnded = true
            return false
        }
        received += part
        return true
    }
}
