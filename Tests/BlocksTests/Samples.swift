import Basics
import Blocks

/// The same numbers for the same seed, on every machine (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

/// Lists as a tape has them, made up.
struct Market {
    private var random: SeededGenerator
    private var coins: [Coin]
    /// How many minutes were made.
    private var age = 0

    static let columns =
        #"[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},{"name":"Price USD","type":"decimal"},"#
        + #"{"name":"CMC ID","type":"integer"}]"#
    static let header = "Rank,Symbol,Price USD,CMC ID\r\n"

    private struct Coin {
        let id: Int
        var symbol: String
        var price: Double
        var weight: Double
    }

    init(seed: UInt64, coins count: Int) {
        var random = SeededGenerator(state: seed)
        coins = (0..<count).map { index in
            Coin(
                id: index * 7 + Int.random(in: 1...7, using: &random), symbol: "C\(index)",
                price: Double.random(in: 1e-9...1e5, using: &random), weight: 1e9 / Double(index + 1))
        }
        self.random = random
    }

    /// The next minute's list; coins come and go, and a symbol changes now and then.
    mutating func list() -> BlockList {
        age += 1
        for index in coins.indices {
            coins[index].price *= 1 + Double.random(in: -1e-3...1e-3, using: &random)
            coins[index].weight *= 1 + Double.random(in: -1e-2...1e-2, using: &random)
        }
        if age % 7 == 0 {
            let index = Int.random(in: coins.indices, using: &random)
            coins[index].symbol = ["LUNC", "\"a,b\"", "\"say \"\"hi\"\"\"", "€", ""][age / 7 % 5]
        }
        let present = coins.filter { _ in Int.random(in: 0..<50, using: &random) > 0 }.sorted { $0.weight > $1.weight }
        var csv = Self.header
        for (index, coin) in present.enumerated() {
            csv += "\(index + 1),\(coin.symbol),\(plain(coin.price)),\(coin.id)\r\n"
        }
        return BlockList(
            csv: Array(csv.utf8), columns: Array(Self.columns.utf8), count: present.count,
            fields: [
                .init(name: "matched", value: Array("\(present.count + 3)".utf8)),
                .init(name: "rank_minute", value: Array("2026-11-21T09:01Z".utf8)),
                .init(name: "source", value: Array("toplist".utf8)),
            ])
    }

    private func plain(_ price: Double) -> String {
        var text: [UInt8] = []
        _ = PlainDecimal.append(Array("\(price)".utf8), to: &text)
        let string = String(decoding: text, as: UTF8.self)
        return string.hasSuffix(".0") ? String(string.dropLast(2)) : string
    }
}

extension BlockList {
    /// A list without further fields.
    init(_ csv: String, columns: String = Market.columns, count: Int = 1) {
        self.init(csv: Array(csv.utf8), columns: Array(columns.utf8), count: count, fields: [])
    }
}

extension Minute {
    static let sample = Minute("2026-11-21T09:00Z") ?? Minute(containing: Timestamp(milliseconds: 0))
}

extension BlockContents {
    init(_ minutes: [BlockMinute], first: Minute = .sample) {
        self.init(first: first, minutes, key: "CMC ID")
    }
}

extension Block {
    /// All minutes as they were put in.
    func allMinutes() async throws -> [BlockMinute] {
        var minutes: [BlockMinute] = []
        for minute in 0..<self.minutes {
            if let gap = try await gap(minute) {
                minutes.append(.gap(code: gap.code, detail: gap.detail))
            } else if let info = try await info(minute), let csv = try await list(minute) {
                minutes.append(
                    .list(BlockList(csv: csv, columns: info.columns, count: info.count, fields: info.fields)))
            } else {
                minutes.append(.missing)
            }
        }
        return minutes
    }
}
