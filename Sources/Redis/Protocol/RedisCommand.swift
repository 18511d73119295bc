import CHiredis

/// A command and its arguments, binary safe.
///
/// Nothing is ever parsed out of an argument.
package struct RedisCommand: Hashable, Sendable {
    /// The first word on the wire; errors name the command by it.
    package let name: String
    private var bytes: [UInt8]
    private var lengths: [Int]

    package init(_ name: String, _ arguments: any RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    package init(_ name: String, arguments: some Sequence<any RedisArgument>) {
        self.name = name
        bytes = []
        bytes.reserveCapacity(128)
        bytes += name.utf8
        lengths = []
        lengths.reserveCapacity(arguments.underestimatedCount + 1)
        lengths.append(bytes.count)
        for argument in arguments { append(argument) }
    }

    package mutating func append(_ argument: any RedisArgument) {
        let count = bytes.count
        argument.appendBytes(to: &bytes)
        lengths.append(bytes.count - count)
    }

    /// The first of its keys, by which a cluster's client finds the node that runs it; nil for a command without.
    ///
    /// The position is that of `COMMAND GETKEYS`; a command that is not listed here has its key first, as most have.
    var key: ArraySlice<UInt8>? {
        switch name {
        case "PING", "INFO", "TIME", "WAIT", "WAITAOF", "ROLE", "SCAN", "CONFIG", "CLIENT", "CLUSTER", "SENTINEL",
            "ACL",
            "MULTI", "EXEC", "ASKING", "AUTH", "SELECT":
            nil
        case "EVAL", "EVALSHA": argument(2)?.elementsEqual("0".utf8) == false ? argument(3) : nil
        case "XREAD":
            (1..<lengths.count).first { argument($0)?.elementsEqual("STREAMS".utf8) == true }
                .flatMap { argument($0 + 1) }
        case "XINFO", "MEMORY": argument(2)
        default: argument(1)
        }
    }

    /// Returns nil if it has fewer; the name counts as 0.
    private func argument(_ index: Int) -> ArraySlice<UInt8>? {
        guard index < lengths.count else { return nil }
        let start = lengths[..<index].reduce(0, +)
        return bytes[start..<start + lengths[index]]
    }

    /// Calls `body` with the command as it goes over the wire.
    func withEncoded<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { all in
            var pointers: [UnsafePointer<CChar>?] = []
            pointers.reserveCapacity(lengths.count)
            var offset = 0
            for length in lengths {
                // An empty command list has no base address, but a command always has a name.
                pointers.append(all.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) })
                offset += length
            }
            var encoded: UnsafeMutablePointer<CChar>?
            let count = redisFormatCommandArgv(&encoded, Int32(lengths.count), &pointers, lengths)
            // hiredis returns -1 only when memory has run out.
            guard count >= 0, let encoded else { preconditionFailure("out of memory while encoding \(name)") }
            defer { redisFreeCommand(encoded) }
            return body(UnsafeRawBufferPointer(start: encoded, count: Int(count)))
        }
    }
}

/// What can stand as an argument: text, bytes, whole numbers.
package protocol RedisArgument: Sendable {
    /// Appends the value alone; RESP's lengths and line ends are added when the command is encoded.
    func appendBytes(to output: inout [UInt8])
}

extension String: RedisArgument {
    package func appendBytes(to output: inout [UInt8]) {
        output += utf8
    }
}

extension [UInt8]: RedisArgument {
    package func appendBytes(to output: inout [UInt8]) {
        output += self
    }
}

extension Int: RedisArgument {
    package func appendBytes(to output: inout [UInt8]) {
        output += String(self).utf8
    }
}

extension Int64: RedisArgument {
    package func appendBytes(to output: inout [UInt8]) {
        output += String(self).utf8
    }
}
