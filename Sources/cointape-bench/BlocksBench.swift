import Archive
import ArgumentParser
import Basics
import Blocks
import Foundation
import Sandbox
import Synchronization
import TopLists

/// Encodes lists into blocks, and reads them back.
struct BlocksBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blocks", abstract: "Write lists into blocks and read them.",
        subcommands: [WriteLists.self, SealBlocks.self, RepeatBlock.self, ReadBlock.self])
}

/// Writes lists of the sandbox as files, for this benchmark and its rivals.
struct WriteLists: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists", abstract: "Write the sandbox's lists, one file a minute, named by minutes since 1970.")

    @Argument(help: "The folder.") var folder: String
    @Option(help: "How many.") var minutes = 1440
    @Option(help: "Rows of each.") var rows = 3000
    @Option(help: "The first minute since 1970.") var first = 29_920_320

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let lists = SandboxLists()
        for number in first..<first + minutes {
            let minute = Minute(containing: Timestamp(milliseconds: Int64(number) * 60_000))
            var csv = Array("Rank,Symbol,Price USD,CMC ID\r\n".utf8)
            for (index, row) in lists.rows(at: minute, first: rows).enumerated() {
                csv += "\(index + 1),".utf8
                CSV.append(field: row.symbol.utf8, to: &csv)
                csv += ",\(row.price),\(row.id)".utf8
                csv += CSV.endOfLine
            }
            try Data(csv).write(to: URL(fileURLWithPath: "\(folder)/\(number).csv"))
        }
    }
}

/// Encodes files of lists into a block per hour, and the hours into a block of the day.
struct SealBlocks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Make blocks of a folder of lists; CPU milliseconds of an hour, and bytes, as JSON.")

    @Argument(help: "The folder with the lists.") var folder: String
    @Argument(help: "The folder for the blocks.") var output: String

    func run() async throws {
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let numbers = try FileManager.default.contentsOfDirectory(atPath: folder)
            .compactMap { Int($0.split(separator: ".")[0]) }.sorted()
        guard let first = numbers.first else { throw ValidationError("no lists") }
        let columns = Array(
            (#"[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},"#
                + #"{"name":"Price USD","type":"decimal"},{"name":"CMC ID","type":"integer"}]"#).utf8)
        var (encode, check, rows, bytes, csvBytes): ([Double], [Double], Int, Int, Int) = ([], [], 0, 0, 0)
        var day: BlockContents?
        for start in stride(from: first, to: first + numbers.count, by: 60) {
            var lists: [[UInt8]] = []
            for number in start..<min(start + 60, first + numbers.count) {
                lists.append(Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(number).csv"))))
            }
            rows += lists.reduce(0) { $0 + $1.count { $0 == 0x0A } - 1 }
            csvBytes += lists.reduce(0) { $0 + $1.count }
            let counts = lists.map { csv in csv.count { $0 == 0x0A } - 1 }
            let began = clock()
            let minutes = zip(lists, counts).map { csv, count in
                BlockMinute.list(
                    BlockList(
                        csv: csv, columns: columns, count: count,
                        fields: [.init(name: "matched", value: Array("\(count)".utf8))]))
            }
            let minute = Minute(containing: Timestamp(milliseconds: Int64(start) * 60_000))
            let block = BlockContents(first: minute, minutes, key: "CMC ID").bytes
            let encoded = clock()
            let opened = try await Block.open(BlockInMemory(block))
            try await opened.verify()
            encode.append(milliseconds(encoded - began))
            check.append(milliseconds(clock() - encoded))
            bytes += block.count
            try Data(block).write(to: URL(fileURLWithPath: "\(output)/\(start).tape"))
            let contents = try await opened.contents()
            if day == nil { day = contents } else { day?.append(contents) }
        }
        guard let day else { return }
        let whole = day.bytes
        try Data(whole).write(to: URL(fileURLWithPath: "\(output)/day.tape"))
        print(
            """
            {"rows": \(rows), "hours": \(bytes), "day": \(whole.count), "csv": \(csvBytes), "encode": \(median(encode)), \
            "verify": \(median(check))}
            """)
    }
}

/// Copies a day's block into an archive of many days.
struct RepeatBlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repeat", abstract: "Make an archive in which each day has the lists of one day's block.")

    @Argument(help: "The block of a day.") var path: String
    @Argument(help: "The folder of the archive.") var folder: String
    @Option(help: "How many days.") var days = 365
    @Option(help: "The last day's first minute, since 1970.") var last: Int

    func run() async throws {
        let block = try await Block.open(BlockInMemory(Array(try Data(contentsOf: URL(fileURLWithPath: path)))))
        var contents = try await block.contents()
        for day in 0..<days {
            contents.first = Minute(containing: Timestamp(milliseconds: Int64(last - day * 1440) * 60_000))
            let file = "\(folder)/\(BlockName.day(contents.first).file)"
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(contents.bytes).write(to: URL(fileURLWithPath: file))
        }
    }
}

private func milliseconds(_ span: clock_t) -> Double { Double(span) / Double(CLOCKS_PER_SEC) * 1000 }

/// Measures reads of a block in memory.
struct ReadBlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Read a block; microseconds, the median of many, and what is read of it at first, as JSON.")

    @Argument(help: "The block.") var path: String
    @Option(help: "Rounds.") var rounds = 200

    func run() async throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let block = try await Block.open(BlockInMemory(bytes))
        var (first, coin, texts, whole): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for round in 0..<rounds {
            // Not twice in a row in the same hour, because its decoded lists are kept.
            let minute = round * 97 % block.minutes
            first.append(try await time { _ = try await block.list(minute, first: 200) })
            let key = block.keys[round * 101 % block.keys.count]
            func rows() async throws -> Block.CoinRows {
                try await block.rows(ofCoin: key, in: 0..<block.minutes, columns: ["Rank", "Price USD"])
            }
            // Its part of the directory is kept after the first read, as in the rivals.
            _ = try await rows()
            coin.append(try await time { _ = try await rows() })
            texts.append(
                try await time {
                    var text: [UInt8] = []
                    let rows = try await rows()
                    for row in 0..<rows.count { for column in 0..<2 { _ = rows.append(row, column, to: &text) } }
                })
        }
        for _ in 0..<5 {
            whole.append(try await time { try await block.lists(from: 0, upTo: block.minutes) { _, _ in } })
        }
        let cold = try await (
            cold(bytes) { _ = try await $0.list(block.minutes / 2, first: 200) },
            cold(bytes) {
                _ = try await $0.rows(ofCoin: block.keys[7], in: 0..<block.minutes, columns: ["Rank", "Price USD"])
            }
        )
        print(
            """
            {"first": \(median(first)), "coin": \(median(coin)), "texts": \(median(texts)), "all": \(median(whole)), \
            "cold": {"first": "\(cold.0)", "coin": "\(cold.1)"}}
            """)
    }

    /// The cost of a read from a newly opened block.
    private func cold(_ bytes: [UInt8], _ body: (Block) async throws -> Void) async throws -> String {
        let source = CountedSource(bytes)
        try await body(try await Block.open(source))
        return source.text
    }

    private func time(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return Double((ContinuousClock.now - start).components.attoseconds) / 1e12
            + Double((ContinuousClock.now - start).components.seconds) * 1e6
    }
}

private func median(_ spans: [Double]) -> Double { spans.sorted()[spans.count / 2] }

/// A block in memory that counts its reads and their bytes.
private final class CountedSource: BlockSource {
    private let bytes: [UInt8]
    private let read = Mutex<(times: Int, bytes: Int)>((0, 0))

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var size: Int { bytes.count }

    func read(_ ranges: [Range<Int>]) -> [[UInt8]] {
        read.withLock { $0 = ($0.times + 1, $0.bytes + ranges.reduce(0) { $0 + $1.count }) }
        return ranges.map { Array(bytes[$0]) }
    }

    var text: String {
        let (times, bytes) = read.withLock(\.self)
        return "\(times) reads, \(bytes / 1000) kB"
    }
}
