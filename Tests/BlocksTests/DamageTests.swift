import Basics
import Testing

@testable import Blocks

/// Bytes whose checksums are right, and that were never written.
@Suite struct DamageTests {
    private var contents: BlockContents {
        var market = Market(seed: 1, coins: 150)
        var minutes: [BlockMinute] = (0..<57).map { _ in .list(market.list()) }
        minutes += [.gap(code: "upstream", detail: "none"), .missing, .list(BlockList("kept as it is\r\n"))]
        return BlockContents(minutes)
    }

    /// Bytes with some of them changed, moved, added or taken away.
    private func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = .random(in: 0...255, using: &random)
            case 1: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(.random(in: 0...255, using: &random), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    @Test func `no chunk, and no part of minutes, ends a process`() throws {
        let contents = contents
        let layout = try #require(contents.layouts.first)
        var random = SeededGenerator(state: 2)
        let outline = try outline(contents.bytes)
        let segment = try #require(outline.segments.first).segment
        for coin in contents.coins.values {
            let chunk = Array(coin.chunks[0].dropLast(4))
            for _ in 0..<50 {
                let chunk = try? Chunk(
                    CRC32.sealed(damaged(chunk, &random))[...], lists: segment.tables,
                    columns: layout.chunkColumns(segment.order).count)
                guard let chunk else { continue }
                for list in 0..<segment.tables {
                    guard let row = chunk.row(inList: list) else { continue }
                    var text: [UInt8] = []
                    for column in chunk.columns { column.append(row, to: &text) }
                    _ = chunk.order(ofRow: row)
                }
            }
        }
        let part = Array(contents.segments[0].minutes.dropLast(4))
        for _ in 0..<5000 {
            _ = try? MinutesPart(
                CRC32.sealed(damaged(part, &random))[...], kinds: segment.kinds, fields: layout.fields.count)
        }
    }

    private func outline(_ bytes: [UInt8]) throws -> Outline {
        let head = try BlockHead(bytes)
        return try Outline(head, Array(bytes[head.outline]))
    }

    @Test func `no outline, and no directory, ends a process`() async throws {
        let bytes = contents.bytes
        let head = try BlockHead(bytes)
        var random = SeededGenerator(state: 3)
        for _ in 0..<3000 {
            let outline = damaged(Array(bytes[head.outline]), &random)
            let wrong = BlockHead(
                first: head.first, minutes: head.minutes, outline: outline, minutesParts: head.minutesParts.count,
                directory: head.directory.count, raw: head.raw.count, chunks: head.chunks.count)
            let block = wrong.bytes + outline + bytes[head.outline.upperBound...]
            do {
                try await Block.open(BlockInMemory(block)).verify()
            } catch is BlockDamage {}
        }
        let whole = try outline(bytes)
        for (number, group) in whole.groups.enumerated() {
            let directory = Array(bytes[group.directory].dropLast(4))
            for _ in 0..<3000 {
                _ = try? DirectoryGroup(CRC32.sealed(damaged(directory, &random)), number: number, whole)
            }
        }
    }

    @Test(arguments: ["[]", "rubbish"]) func `rows of lists without columns are refused`(columns: String) async throws {
        var contents = contents
        let fields = contents.layouts[0].fields
        contents.layouts[0] = Layout(json: Array(columns.utf8), key: nil)
        contents.layouts[0].fields = fields
        let old = contents.segments[0]
        contents.segments[0] = Segment(order: nil, kinds: old.kinds, minutes: old.minutes, raw: old.raw)
        contents.segments[0].layout = 0
        let bytes = contents.bytes
        await #expect(throws: BlockDamage.self) { _ = try await Block.open(BlockInMemory(bytes)) }
        // And what writes rows keeps within its buffer.
        var csv: [UInt8] = []
        Cells().append(rows: 3, to: &csv) { _, place in #expect(place.count == 2) }
        #expect(csv == Array("\r\n\r\n\r\n".utf8))
    }

    @Test func `no head ends a process`() async throws {
        let bytes = contents.bytes
        var random = SeededGenerator(state: 4)
        for _ in 0..<5000 {
            let head = CRC32.sealed(damaged(Array(bytes[..<60]), &random))
            do {
                try await Block.open(BlockInMemory(head + bytes[64...])).verify()
            } catch is BlockDamage {}
        }
    }
}
