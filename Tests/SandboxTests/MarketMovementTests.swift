import Basics
import Testing

@testable import Sandbox

/// How the market moves from one minute to the next, beside what was measured on real ones: of 53 pairs of an exchange, and
/// of lists of CryptoCompare.
@Suite struct MarketMovementTests {
    private static let market = Market(SandboxSettings())

    private static func minute(_ number: Int64) -> MarketMinute {
        MarketMinute(market, at: Minute(containing: Timestamp(milliseconds: (29_920_000 + number) * 60_000)))
    }

    private static func place(_ part: Double, in sorted: [Double]) -> Double {
        sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
    }

    @Test func `volumes of 24 hours move in a minute as real ones do`() {
        let (before, after) = (Self.minute(0), Self.minute(1))
        let moves = zip(before.volumes, after.volumes).map { abs($1 / $0 - 1) }.sorted()
        // Measured: 3 to 4 ten-thousandths, and 24.
        #expect((2.5e-4...5e-4).contains(Self.place(0.5, in: moves)), "\(Self.place(0.5, in: moves))")
        #expect((1.8e-3...3.2e-3).contains(Self.place(0.9, in: moves)), "\(Self.place(0.9, in: moves))")
    }

    @Test func `ranks change in a minute as real ones do`() {
        var (changed, moves, rows) = ([0, 0, 0], 0, [0, 0, 0])
        // Of some days: which of the first are near each other changes slowly.
        for number in stride(from: 0 as Int64, to: 30_000, by: 1_501) {
            let (before, after) = (Self.minute(number).toplist.prefix(3_000), Self.minute(number + 1).toplist)
            let places = Dictionary(uniqueKeysWithValues: zip(after, after.indices))
            for (rank, asset) in before.enumerated() {
                let move = abs(places[asset, default: rank] - rank)
                let band = rank < 50 ? 0 : rank < 200 ? 1 : 2
                rows[band] += 1
                changed[band] += move > 0 ? 1 : 0
                moves += move
            }
        }
        let shares = zip(changed, rows).map { Double($0) / Double($1) }
        let all = Double(changed.reduce(0, +)) / Double(rows.reduce(0, +))
        let mean = Double(moves) / Double(rows.reduce(0, +))
        // Measured: 2 % of the first 50, 10 % of those to 200, 52 % of all, by 1.1 places in the mean.
        #expect((0.005...0.05).contains(shares[0]), "\(shares)")
        #expect((0.05...0.17).contains(shares[1]), "\(shares)")
        #expect((0.42...0.62).contains(all), "\(all)")
        #expect((0.8...1.5).contains(mean), "\(mean)")
    }

    @Test func `volumes stay near what they begin with, however long`() {
        let (before, after) = (Self.minute(0), Self.minute(60 * 24 * 365))
        let far = zip(before.volumes, after.volumes).filter { abs($1 / $0 - 1) > 0.5 }.count
        #expect(far < before.volumes.count / 20, "\(far)")
    }
}
