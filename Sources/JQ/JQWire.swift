#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The protocol between a worker and a filter process: frames with a kind, a length in four bytes, and a payload.
enum JQFrame {
    enum Kind: UInt8 {
        /// To the process: the next piece of the document; a question with its program; the document is finished.
        case piece = 1
        case question, release
        /// From the process, one answer per question; rows come in parts, followed by their count.
        case rowsPart, rowsEnd, object, text, count, nothing, error
        /// Like `error`, for `JQError.Kind.runaway` and `.malformed`.
        case runaway, malformed
        /// To the process, before the first piece: the name of the document's character set; its format.
        case charset, format
    }

    /// The longest payload that is sent or accepted.
    static let longest = 1 << 20
}

/// The questions to a filter.
enum JQQuestion: UInt8, Sendable {
    case rows = 1
    case firstObject, firstCount, firstText
}

/// One end of a stream of frames.
struct JQChannel: Sendable {
    let descriptor: Int32

    /// Creates two connected ends, which no child inherits unless it is given one, and which do not raise SIGPIPE.
    static func pair() throws(JQError) -> (JQChannel, JQChannel) {
        var ends: [Int32] = [-1, -1]
        #if os(Linux)
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw JQError("no process for filters: \(String(cString: strerror(errno)))", .interrupted)
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            // Large enough for a whole piece, so that the two sides do not have to alternate.
            var size = Int32(JQFrame.longest)
            setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
            #if !os(Linux)
                var yes: Int32 = 1
                setsockopt(end, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
            #endif
        }
        return (JQChannel(descriptor: ends[0]), JQChannel(descriptor: ends[1]))
    }

    func close() {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Whether the other end is closed.
    var isHungUp: Bool {
        var connection = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&connection, 1, 0) > 0
    }

    /// Blocks until it is sent; returns false if the other end is closed.
    func send(_ kind: JQFrame.Kind, _ payload: UnsafeRawBufferPointer) -> Bool {
        var head = [kind.rawValue]
        for shift in stride(from: 0, to: 32, by: 8) { head.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
        return head.withUnsafeBytes(sendAll) && sendAll(payload)
    }

    func send(_ kind: JQFrame.Kind, _ payload: [UInt8] = []) -> Bool {
        payload.withUnsafeBytes { send(kind, $0) }
    }

    private func sendAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
        #if os(Linux)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Self.send(descriptor, UnsafeRawBufferPointer(rebasing: rest), flags)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #else
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #endif
    }

    /// Blocks until a whole frame has arrived; returns nil if none arrives, or it is malformed.
    func receive() -> (kind: JQFrame.Kind, payload: [UInt8])? {
        guard let head = receive(5), let kind = JQFrame.Kind(rawValue: head[0]) else { return nil }
        let count = (1...4).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
        guard count <= JQFrame.longest, let payload = receive(count) else { return nil }
        return (kind, payload)
    }

    private func receive(_ count: Int) -> [UInt8]? {
        guard count > 0 else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = read(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
                if got > 0 {
                    filled += got
                } else if got == 0 || errno != EINTR {
                    return
                }
            }
        }
        return bytes.count == count ? bytes : nil
    }
}

/// Encodes numbers and lists of texts as bytes.
enum JQPayload {
    static func number(_ value: Int) -> [UInt8] {
        stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static func number(in bytes: [UInt8]) -> Int? {
        guard bytes.count == 8 else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    static func texts(_ texts: [String]) -> [UInt8] {
        texts.flatMap { text in Self.number(text.utf8.count)[..<4] + Array(text.utf8) }
    }

    static func texts(in bytes: [UInt8]) -> [String]? {
        var texts: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 4 else { return nil }
            let count = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard count <= rest.count, let text = String(validating: rest.prefix(count), as: UTF8.self) else {
                return nil
            }
            texts.append(text)
            rest = rest.dropFirst(count)
        }
        return texts
    }
}
