import Basics
import Blocks
import Foundation
import Synchronization
import Testing

@Suite struct BlockTests {
    private func block(_ minutes: [BlockMinute]) async throws -> Block {
        try await Block.open(BlockInMemory(BlockContents(minutes).bytes))
    }

    /// Encodes the minutes and compares all that the block says with them.
    private func comesBack(_ minutes: [BlockMinute]) async throws {
        let block = try await block(minutes)
        let read = try await block.allMinutes()
        #expect(read == minutes)
        try await block.verify()
        #expect(block.count(.list) == minutes.count { if case .list = $0 { true } else { false } })
        // The same through the decoding of whole hours, and through contents.
        var streamed: [Int: [UInt8]] = [:]
        try await block.lists(from: 0, upTo: block.minutes) { minute, csv in streamed[minute] = csv }
        for (minute, content) in minutes.enumerated() {
            if case .list(let list) = content {
                #expect(streamed[minute] == list.csv)
            } else {
                #expect(streamed[minute] == nil)
            }
        }
        #expect(try await block.contents().bytes == BlockContents(minutes).bytes)
    }

    @Test(arguments: [1, 2, 63, 64, 65, 700]) func `an hour comes back byte for byte`(coins: Int) async throws {
        var market = Market(seed: UInt64(coins), coins: coins)
        try await comesBack((0..<60).map { _ in .list(market.list()) })
    }

    @Test(arguments: 0..<20) func `gaps, missing minutes and any mixture come back`(seed: Int) async throws {
        var market = Market(seed: UInt64(seed), coins: 20)
        var random = SeededGenerator(state: UInt64(seed))
        try await comesBack(
            (0..<60).map { minute in
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .missing
                case 1: .gap(code: "upstream", detail: "minute \(minute): “€”")
                default: .list(market.list())
                }
            })
    }

    /// A block in memory that counts its reads.
    private final class CountedSource: BlockSource {
        private let bytes: [UInt8]
        private let count = Mutex(0)

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var size: Int { bytes.count }
        var reads: Int { count.withLock(\.self) }

        func read(_ ranges: [Range<Int>]) -> [[UInt8]] {
            count.withLock { $0 += 1 }
            return ranges.map { Array(bytes[$0]) }
        }
    }

    @Test func `of a block that nobody has opened the first rows take two reads, and a coin three`() async throws {
        var market = Market(seed: 9, coins: 2000)
        let minutes = (0..<60).map { _ in BlockMinute.list(market.list()) }
        let bytes = BlockContents(minutes).bytes
        #expect(bytes.count > 300_000)
        let source = CountedSource(bytes)
        let block = try await Block.open(source)
        let info = try #require(try await block.info(30))
        let first = try #require(try await block.list(30, first: 200))
        #expect(source.reads == 2)
        guard case .list(let list) = minutes[30] else { throw BlockDamage("no list") }
        #expect(info.count == list.count && list.csv.starts(with: first))
        for key in [block.keys[0], block.keys[1999]] {
            let source = CountedSource(bytes)
            let rows = try await Block.open(source).rows(ofCoin: key, in: 0..<60, columns: ["Price USD"])
            #expect(rows.count > 40 && source.reads <= 3)
        }
    }

    @Test(arguments: [7, 200, 1000]) func `first rows are the same, however often an hour is asked for them`(limit: Int)
        async throws
    {
        var market = Market(seed: 5, coins: 300)
        let minutes = (0..<120).map { $0 % 9 == 4 ? BlockMinute.missing : .list(market.list()) }
        let block = try await block(minutes)
        for round in 0..<3 {
            // More rows than before, and fewer; another hour in between.
            let own = round == 1 ? limit / 2 : limit
            for (minute, content) in minutes.enumerated() {
                guard case .list(let list) = content else { continue }
                let lines = String(decoding: list.csv, as: UTF8.self).components(separatedBy: "\r\n").prefix(own + 1)
                let csv = try #require(try await block.list(minute, first: own))
                #expect(
                    String(decoding: csv, as: UTF8.self).components(separatedBy: "\r\n").dropLast()
                        == lines.filter { !$0.isEmpty }[...])
                if minute == 30 { block.dropLists() }
            }
        }
    }

    @Test func `an hour without a list is a block too`() async throws {
        try await comesBack(Array(repeating: .missing, count: 60))
        try await comesBack(Array(repeating: .gap(code: "stopped", detail: ""), count: 60))
        try await comesBack([.list(BlockList(Market.header, count: 0))])
    }

    static let awkward: [String] = [
        // Numbers of any length and form.
        "1,A,123456789012345678901234567890.123456789012345678901234567890,1\r\n",
        "1,A,1,1\r\n2,B,1.50,2\r\n3,C,0.10,3\r\n4,D,1e5,4\r\n5,E,-0,5\r\n6,F,-1.5,6\r\n7,G,,7\r\n8,H,abc,8\r\n",
        "1,A,007,1\r\n2,B,.5,2\r\n3,C,5.,3\r\n4,D,1.7976931348623157,4\r\n5,E,NaN,5\r\n6,F,0.0,6\r\n",
        "9223372036854775807,A,1,1\r\n9223372036854775808,B,2,2\r\n",
        "1,A,9007199254740993,9223372036854775807\r\n", "1,A,0.000000000000000000000001234567890123456,1\r\n",
        // Ranks with holes, without an order, and twice.
        "3,A,1,1\r\n9,B,1,2\r\n", "2,A,1,1\r\n1,B,1,2\r\n", "1,A,1,1\r\n1,B,1,2\r\n", "x,A,1,1\r\n",
        // Keys that are none.
        "1,A,1,-1\r\n", "1,A,1,\r\n", "1,A,1,1\r\n2,B,1,1\r\n", "1,A,1,1.5\r\n", "1,A,1,01\r\n",
        "1,A,1,99999999999999999999\r\n",
        // Texts.
        "1,\"A,\r\nB\",1,1\r\n", "1,\"\",1,1\r\n", "1,\"x\"\"y\",\"1,5\",1\r\n", "1, A ,1,1\r\n", "1,\u{0},1,1\r\n",
        // Not as CSV is written here.
        "1,A,1,1\n", "1,A,1,1", "1,A,1\r\n", "1,A,1,1,1\r\n", "1,\"A,1,1\r\n", "1,A\"B,1,1\r\n", "\r\n",
        "1,A,1,1\r\n\r\n", "1,A,1,1\r",
        "1,A,1,", ",,,\r\n", "1,A,1,1\r\n2,",
    ]

    @Test(arguments: awkward) func `any list comes back, alone and between others`(rows: String) async throws {
        let list = BlockMinute.list(BlockList(Market.header + rows))
        try await comesBack([list])
        var market = Market(seed: 1, coins: 5)
        try await comesBack([.list(market.list()), list, .missing, list, .list(market.list())])
    }

    @Test(arguments: [
        "", "x", "\r\n", "Rank,Symbol\r\n1,A\r\n", "Rank,Symbol,Price USD,CMC ID",
        "\u{FEFF}Rank,Symbol,Price USD,CMC ID\r\n",
    ])
    func `a list whose header is another comes back`(csv: String) async throws {
        try await comesBack([.list(BlockList(csv))])
    }

    @Test(arguments: [
        (#"[{"name":"N","type":"string"}]"#, "N\r\nx\r\nx\r\ny\r\n"),
        (#"[{"name":"N","type":"string"},{"name":"N","type":"integer"}]"#, "N,N\r\nx,1\r\n"),
        (#"[{"name":"CMC ID","type":"integer"}]"#, "CMC ID\r\n5\r\n3\r\n4\r\n"),
        (#"[{"name":"CMC ID","type":"string"},{"name":"V","type":"decimal"}]"#, "CMC ID,V\r\n5,1.5\r\n5,1.25\r\n"),
        (#"[{"name":"a,b","type":"decimal"},{"name":"CMC ID","type":"integer"}]"#, "\"a,b\",CMC ID\r\n1.1,7\r\n"),
        ("[]", "a,b\r\n1,2\r\n"), ("no JSON", "a,b\r\n1,2\r\n"),
    ]) func `lists of any columns come back`(columns: String, csv: String) async throws {
        try await comesBack([
            .list(BlockList(csv, columns: columns)), .missing, .list(BlockList(csv, columns: columns)),
        ])
        var market = Market(seed: 2, coins: 9)
        try await comesBack([.list(market.list()), .list(BlockList(csv, columns: columns)), .list(market.list())])
    }

    /// `COINTAPE_ROWS=1000000` for the long form.
    @Test func `a list of very many rows comes back`() async throws {
        var csv = Array(Market.header.utf8)
        let rows = ProcessInfo.processInfo.environment["COINTAPE_ROWS"].flatMap(Int.init) ?? 30_000
        for row in 1...rows { csv += "\(row),S\(row % 1000),\(row).\(row % 97),\(row * 3)\r\n".utf8 }
        let list = BlockList(csv: csv, columns: Array(Market.columns.utf8), count: rows, fields: [])
        let block = try await block([.list(list), .list(list)])
        #expect(try await block.list(1) == csv)
        #expect(
            try await block.list(0, first: 1).map { String(decoding: $0, as: UTF8.self) } == Market.header
                + "1,S1,1.1,3\r\n")
    }

    @Test func `the first rows are those of the list, however many are asked for`() async throws {
        var market = Market(seed: 4, coins: 300)
        let lists = (0..<60).map { _ in market.list() }
        let block = try await block(lists.map { .list($0) })
        for limit in [0, 1, 63, 64, 200, 299, 1000] {
            for (minute, list) in lists.enumerated() where minute % 13 == 0 {
                let lines = String(decoding: list.csv, as: UTF8.self).split(
                    separator: "\r\n", omittingEmptySubsequences: true)
                let expected = lines.prefix(limit + 1).joined(separator: "\r\n") + "\r\n"
                #expect(
                    try await block.list(minute, first: limit).map { String(decoding: $0, as: UTF8.self) } == expected)
            }
        }
    }

    @Test func `a coin's rows are those that the lists have of it`() async throws {
        var market = Market(seed: 5, coins: 40)
        let lists = (0..<120).map { _ in market.list() }
        let block = try await block(lists.enumerated().map { $0 % 9 == 4 ? .missing : .list($1) })
        var expected: [Int64: [String]] = [:]
        for (minute, list) in lists.enumerated() where minute % 9 != 4 {
            let lines = String(decoding: list.csv, as: UTF8.self).split(separator: "\r\n").dropFirst()
            for line in lines {
                // Prices and ids never hold a comma.
                let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                let key = try #require(cells.last.flatMap { Int64($0) })
                expected[key, default: []].append("\(minute) \(cells[0]) \(cells[cells.count - 2])")
            }
        }
        #expect(block.keys == expected.keys.sorted())
        for (key, rows) in expected {
            let read = try await block.rows(ofCoin: key, in: 0..<120, columns: ["Rank", "Volume", "Price USD"])
            let texts = read.minutes.indices.map {
                "\(read.minutes[$0]) \(text(read.cell($0, 0))) \(text(read.cell($0, 2)))"
            }
            #expect(texts == rows)
            #expect(read.minutes.indices.allSatisfy { read.cell($0, 1) == nil })
            let some = try await block.rows(ofCoin: key, in: 55..<70, columns: ["CMC ID"])
            #expect(some.minutes.allSatisfy { (55..<70).contains($0) })
            #expect(some.minutes.indices.allSatisfy { text(some.cell($0, 0)) == "\(key)" })
        }
        #expect(try await block.rows(ofCoin: 1_000_000, in: 0..<120, columns: ["Rank"]).count == 0)
    }

    private func text(_ cell: [UInt8]?) -> String {
        cell.map { String(decoding: $0, as: UTF8.self) } ?? "none"
    }

    @Test func `hours one behind the other become their day, whose lists are the same`() async throws {
        var market = Market(seed: 6, coins: 30)
        var day: BlockContents?
        var all: [BlockMinute] = []
        for hour in 0..<24 {
            let other = #"[{"name":"Symbol","type":"string"},{"name":"CMC ID","type":"integer"}]"#
            let minutes: [BlockMinute] = (0..<60).map { minute in
                if hour == 3 { return .missing }
                if hour == 4, minute > 30 {
                    return .list(BlockList("Symbol,CMC ID\r\nC1,\(minute)\r\nX,9000\r\n", columns: other))
                }
                if minute == 59 { return .gap(code: "upstream", detail: "\(hour)") }
                return .list(market.list())
            }
            all += minutes
            let block = try await block(minutes)
            if day == nil { day = try await block.contents() } else { day?.append(try await block.contents()) }
        }
        let block = try await Block.open(BlockInMemory(try #require(day).bytes))
        #expect(block.minutes == 1440)
        let read = try await block.allMinutes()
        #expect(read == all)
        try await block.verify()
    }

    @Test func `the same minutes make the same bytes`() throws {
        func bytes() -> [UInt8] {
            var market = Market(seed: 7, coins: 200)
            return BlockContents((0..<60).map { _ in .list(market.list()) }).bytes
        }
        #expect(bytes() == bytes())
    }

    @Test func `a flipped bit anywhere is found, and never shows in what is read`() async throws {
        var market = Market(seed: 8, coins: 70)
        var minutes: [BlockMinute] = (0..<58).map { _ in .list(market.list()) }
        minutes.append(.gap(code: "upstream", detail: "none"))
        minutes.append(.list(BlockList("kept as it is\r\n")))
        let bytes = BlockContents(minutes).bytes
        var random = SeededGenerator(state: 9)
        var found: Set<String> = []
        for place in Array(0..<400) + (0..<600).map({ _ in Int.random(in: 0..<bytes.count, using: &random) }) {
            var wrong = bytes
            wrong[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            do {
                let block = try await Block.open(BlockInMemory(wrong))
                try await block.verify()
                Issue.record("a flipped bit in byte \(place) of \(bytes.count) was not found")
            } catch let damage as BlockDamage {
                found.insert(String(damage.description.prefix(20)))
            }
        }
        #expect(found.count >= 5, "\(found)")
    }

    @Test func `a block that ends early, or is something else, is refused`() async throws {
        var market = Market(seed: 10, coins: 10)
        let bytes = BlockContents([.list(market.list())]).bytes
        for count in 0..<bytes.count {
            await #expect(throws: BlockDamage.self) { try await Block.open(BlockInMemory(Array(bytes[..<count]))) }
        }
        var newer = bytes
        newer[8] = 2
        let error = await #expect(throws: BlockDamage.self) { try await Block.open(BlockInMemory(newer)) }
        #expect(error?.description.contains("version 2") == true)
    }
}
