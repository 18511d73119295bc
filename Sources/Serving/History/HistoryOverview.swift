import Archive
import Basics
import HTTPServer
import HTTPTypes
import JSON
import NIOCore

/// `GET /history`: the blocks, and what they contain.
enum HistoryOverview {
    struct BlockInfo {
        enum State {
            case known(BlockFacts.Facts)
            /// No store has it whole; states the cause.
            case damaged(String)
        }

        let name: BlockName
        let state: State

        fileprivate var facts: BlockFacts.Facts? {
            if case .known(let facts) = state { facts } else { nil }
        }
    }

    static func json(_ blocks: [BlockInfo]) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("oldest", blocks.first.map { "\($0.name.first)" })
            writer.member("newest", blocks.last.map { "\($0.name.end.advanced(byMinutes: -1))" })
            write(\.minutes, "minutes", blocks, &writer)
            write(\.gaps, "gaps", blocks, &writer)
            write(\.missing, "missing", blocks, &writer)
            write(\.bytes, "bytes", blocks, &writer)
            writer.name("blocks")
            writer.array { writer in
                for block in blocks { writer.object { append(block, to: &$0) } }
            }
        }
    }

    private static func write(
        _ count: KeyPath<BlockFacts.Facts, Int>, _ name: String, _ blocks: [BlockInfo], _ writer: inout JSONWriter
    ) {
        writer.member(name, blocks.reduce(0) { $0 + ($1.facts?[keyPath: count] ?? 0) })
    }

    private static func append(_ block: BlockInfo, to writer: inout JSONWriter) {
        writer.member("block", "\(block.name)")
        writer.member("from", "\(block.name.first)")
        writer.member("to", "\(block.name.end)")
        switch block.state {
        case .damaged(let cause): writer.member("damaged", cause)
        case .known(let facts):
            writer.member("bytes", facts.bytes)
            if let sha256 = facts.sha256 { writer.member("sha256", sha256) }
            writer.member("minutes", facts.minutes)
            writer.member("gaps", facts.gaps)
            writer.member("missing", facts.missing)
            if let digits = facts.digits { writer.member("digits", digits) }
        }
    }
}

/// Writes small JSON responses.
enum JSONRows {
    static func array<Element>(
        _ elements: [Element], _ append: (Element, inout JSONWriter) -> Void
    ) -> [UInt8] {
        JSONWriter.array { writer in
            for element in elements { writer.object { append(element, &$0) } }
        }
    }
}

extension Response {
    /// A response that may change by the next request.
    static func json(_ bytes: [UInt8]) -> Response {
        Response(
            200, .bytes([ByteBuffer(bytes: bytes + [UInt8(ascii: "\n")])]),
            [(.contentType, "application/json"), (.cacheControl, "public, no-cache")])
    }
}
