package import NIOCore

/// The part of a request that its answer depends on: the request line, and the lines of a few fields.
///
/// Two requests with the same outline have the same answer, whatever else they say.
package struct RequestOutline: Hashable, Sendable {
    /// Lines as they came, each with its end.
    package let bytes: ByteBuffer

    /// Takes it out of one whole request, whose form was checked before.
    ///
    /// nil for any but a GET or a HEAD without a body, and for one with a field that is none of the outline's to judge.
    package init?(of request: ByteBuffer, _ fields: OutlineFields) {
        let view = request.readableBytesView
        guard view.starts(with: "GET /".utf8) || view.starts(with: "HEAD /".utf8),
            let head = HeadExcerpt(of: request, fields), head.end == request.readableBytes
        else { return nil }
        bytes = head.lines
    }
}

/// The names of the fields that matter to an outline, in lower case.
package struct OutlineFields: Sendable {
    enum Use {
        case kept, foreign, ignored
    }

    private let kept: [[UInt8]]
    private let foreign: [[UInt8]]

    /// `kept` are the fields that an answer depends on; with one of `foreign` a request is for others to read.
    package init(kept: [String], foreign: [String]) {
        self.kept = kept.map { Array($0.utf8) }
        self.foreign = foreign.map { Array($0.utf8) }
    }

    func use(of line: Slice<UnsafeRawBufferPointer>) -> Use {
        if kept.contains(where: { Self.begins(line, $0) }) { return .kept }
        return foreign.contains(where: { Self.begins(line, $0) }) ? .foreign : .ignored
    }

    /// Whether the line is the field's.
    private static func begins(_ line: Slice<UnsafeRawBufferPointer>, _ name: [UInt8]) -> Bool {
        let start = line.startIndex
        guard line.count > name.count, line[start + name.count] == UInt8(ascii: ":") else { return false }
        // In a token only letters have this bit to lose.
        return name.indices.allSatisfy { line[start + $0] | 0x20 == name[$0] }
    }
}
