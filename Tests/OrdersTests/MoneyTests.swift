import Orders
import TestSupport
import Testing

/// Amounts, rates and satoshi, held against numbers on paper.
@Suite struct MoneyTests {
    /// Whether what is bought is amount × 10^8 ÷ rate, rounded up: the least number that is not below it.
    private func isRoundedUp(_ satoshi: Satoshi, _ amount: PaperDecimal, _ rate: PaperDecimal) -> Bool {
        // In units of 10^-28 of the currency, so that both sides are whole.
        let paid = amount.scaled(28).shifted(8)
        let price = rate.scaled(28)
        let bought = PaperNumber(satoshi.digits)
        guard bought > PaperNumber("0"), bought * price >= paid else { return false }
        let less = PaperNumber("\(satoshi.value - 1)")
        return less + PaperNumber("1") == bought && less * price < paid
    }

    private func expectRoundedUp(_ amount: PaperDecimal, _ rate: PaperDecimal) throws {
        let (paid, price) = ("\(amount.text) at \(rate.text)", try #require(Rate(rate.text), "\(rate.text)"))
        let value = try #require(Amount(amount.text.utf8), "\(amount.text)")
        let satoshi = try #require(price.satoshi(for: value), "\(paid)")
        #expect(isRoundedUp(satoshi, amount, rate), "\(paid) buys \(satoshi.digits)")
    }

    @Test func `what any amount buys at any rate is rounded up to the next satoshi`() throws {
        var random = SeededGenerator(seed: 21)
        var count = 0
        while count < 20_000 {
            let amount = PaperDecimal.random(1...9, 0...8, using: &random)
            let whole = count.isMultiple(of: 3) ? 1...18 : 1...6
            let rate = PaperDecimal.random(whole, 0...20, using: &random)
            guard !amount.isZero, !rate.isZero else { continue }
            count += 1
            try expectRoundedUp(amount, rate)
        }
    }

    @Test func `results that are whole, and those a hair above and below, are exact`() throws {
        var random = SeededGenerator(seed: 22)
        for _ in 0..<5_000 {
            // amount = rate × satoshi ÷ 10^8, with satoshi a multiple of 10^4 and so at most 8 decimals.
            let rate = Int.random(in: 1...99_999_999, using: &random)
            let satoshi = Int.random(in: 1...9_999, using: &random) * 10_000
            let (units, price) = (rate * satoshi, "\(rate / 10_000).\(padded(rate % 10_000, 4))")
            let amount = "\(units / 1_000_000_000_000).\(padded(units / 10_000 % 100_000_000, 8))"
            let value = try #require(Amount(amount.utf8), "\(amount)")
            #expect(Rate(price)?.satoshi(for: value)?.digits == "\(satoshi)", "\(amount) at \(price)")
            // A rate that is higher in the twentieth decimal buys less, which is rounded up to as much.
            #expect(Rate("\(price)0000000000000001")?.satoshi(for: value)?.digits == "\(satoshi)")
            let above = try #require(Amount(PaperDecimal.next(amount).utf8))
            let more = try #require(Rate(price)?.satoshi(for: above))
            #expect(more > Satoshi(UInt128(satoshi)), "\(PaperDecimal.next(amount)) at \(price)")
            #expect(isRoundedUp(more, PaperDecimal(PaperDecimal.next(amount)), PaperDecimal(price)))
        }
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    @Test(arguments: [
        // One satoshi, exactly and by rounding up.
        ("0.00000001", "1", "1"), ("1", "100000000", "1"), ("1", "100000000.00000000000000000001", "1"),
        ("1", "99999999.99999999999999999999", "2"),
        ("0.00000001", "99999999999999999999999999999999999999", "1"),
        // The cap, one more, and the largest that stays below.
        ("100", "1", "10000000000"), ("100.00000001", "1", "10000000001"), ("99.99999999", "1", "9999999999"),
        ("999999999.99999900", "9999999.99999999", "10000000000"),
        ("999999999.99999901", "9999999.99999999", "10000000001"),
        ("999999999.99999900", "9999999.99999999000000000001", "10000000000"),
        // The ends of what can be asked.
        ("999999999.99999999", "1", "99999999999999999"),
        ("999999999.99999999", "0.00000000000000000001", "9999999999999999900000000000000000000"),
        ("0.00000001", "0.00000000000000000001", "100000000000000000000"),
        ("999999999.99999999", "999999999999999999.99999999999999999999", "1"),
        ("123.45", "85897.9513", "143718"),
    ]) func `edges are exact`(amount: String, rate: String, satoshi: String) throws {
        let value = try #require(Amount(amount.utf8))
        #expect(Rate(rate)?.satoshi(for: value)?.digits == satoshi)
        try expectRoundedUp(PaperDecimal(amount), PaperDecimal(rate))
    }

    @Test func `rates of 38 digits, and of 20 decimals, are reckoned with in full`() throws {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<5_000 {
            var rate = PaperDecimal.random(38...38, 0...0, using: &random)
            let decimals = Int.random(in: 0...20, using: &random)
            let digits = rate.whole
            rate.decimals = String(digits.suffix(min(decimals, digits.count - 1)))
            rate.whole = String(digits.dropLast(rate.decimals.count))
            let amount = PaperDecimal.random(9...9, 8...8, using: &random)
            guard !rate.isZero, !amount.isZero else { continue }
            try expectRoundedUp(amount, rate)
            #expect(Rate(rate.text)?.description == rate.text)
            let small = PaperDecimal("0." + PaperDecimal.random(20...20, 0...0, using: &random).whole)
            if !small.isZero { try expectRoundedUp(amount, small) }
        }
    }

    @Test func `amounts are what was written, in one text each`() throws {
        var random = SeededGenerator(seed: 24)
        for _ in 0..<20_000 {
            let decimal = PaperDecimal.random(1...9, 0...8, using: &random)
            let amount = Amount(decimal.text.utf8)
            guard !decimal.isZero else {
                #expect(amount == nil, "\(decimal.text)")
                continue
            }
            let units = try #require(amount, "\(decimal.text)").units
            #expect(PaperNumber("\(units)") == decimal.scaled(8))
            #expect(amount?.description == decimal.shortest && Amount(decimal.shortest.utf8) == amount)
        }
    }

    @Test func `what is no decimal is neither an amount nor a rate nor BTC`() {
        let long = String(repeating: "9", count: 1000)
        for text in [
            "", " ", ".", "-", "NaN", "nan", "inf", "Infinity", "-0", "+5", "-5", "--5", "1e5", "1E5", "1e-5", "0x10",
            "1_000", "1,5", "1'000", " 1", "1 ", "1\n", "\t1", "1\0", "\0", "5.", ".5", "01", "00", "00.5", "1.2.3",
            "1..2",
            "٣", "３", "１２３", "²", "Ⅷ", "1٣", "1.٣", "1．5", "½", "1\u{301}", "\u{feff}1", "1\u{200b}", "$5", "5€", "5f",
            long, "0.\(long)", "\(long).\(long)", "null", "true",
        ] {
            #expect(Amount(text.utf8) == nil, "\(text.debugDescription)")
            #expect(Rate(text) == nil, "\(text.debugDescription)")
            #expect(Satoshi(btc: text) == nil, "\(text.debugDescription)")
            #expect(Satoshi(digits: text.utf8) == nil, "\(text.debugDescription)")
        }
        for text in ["0", "0.0", "0.00000000", "1000000000", "0.000000001", "1.123456789", "1.000000000"] {
            #expect(Amount(text.utf8) == nil, "\(text)")
        }
        for text in ["0", "0.00", "0.000000000000000000001", "1" + String(repeating: "0", count: 38)] {
            #expect(Rate(text) == nil, "\(text)")
        }
        // No UTF-8 at all.
        #expect(Amount([0x31, 0xFF]) == nil && Amount([0xC0, 0xB1]) == nil)
    }

    @Test func `texts of any kind are taken or refused as the rule in words says`() throws {
        var random = SeededGenerator(seed: 25)
        let alphabet = Array("00011239999......+-eE ,٣")
        var taken = 0
        for _ in 0..<30_000 {
            let length = Int.random(in: 0...13, using: &random)
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "0" })
            let isDecimal = text.wholeMatch(of: /(0|[1-9][0-9]*)(\.[0-9]+)?/) != nil
            let decimal = PaperDecimal(text)
            let isAmount =
                isDecimal && !decimal.isZero && decimal.whole.count <= 9 && decimal.decimals.count <= 8
            #expect((Amount(text.utf8) != nil) == isAmount, "\(text)")
            #expect((Rate(text) != nil) == (isDecimal && !decimal.isZero), "\(text)")
            #expect((Satoshi(btc: text) != nil) == (isDecimal && decimal.decimals.count <= 8), "\(text)")
            if isAmount { taken += 1 }
        }
        #expect(taken > 1_000)
    }

    @Test func `satoshi are read from BTC and written as BTC without a digit lost`() throws {
        var random = SeededGenerator(seed: 26)
        for _ in 0..<20_000 {
            let decimal = PaperDecimal.random(1...12, 0...8, using: &random)
            let satoshi = try #require(Satoshi(btc: decimal.text), "\(decimal.text)")
            #expect(PaperNumber(satoshi.digits) == decimal.scaled(8) && satoshi.btc == decimal.shortest)
            #expect(Satoshi(digits: satoshi.digits.utf8) == satoshi)
        }
        #expect(
            Satoshi(btc: "100") == LedgerTerms.standard.cap && LedgerTerms.standard.cap.btc == "100"
                && LedgerTerms.standard.cap.digits == "10000000000")
        #expect(Satoshi(btc: "99.99999999").map { $0 < LedgerTerms.standard.cap } == true)
        #expect(Satoshi(btc: "100.00000001").map { LedgerTerms.standard.cap < $0 } == true)
        #expect(Satoshi(btc: "0")?.btc == "0" && Satoshi(btc: "0.00000001")?.digits == "1")
    }

    @Test func `sums and what is left are exact, and never below nothing`() {
        var random = SeededGenerator(seed: 27)
        for _ in 0..<5_000 {
            let (left, right) = (
                UInt128.random(in: 0...1 << 120, using: &random), UInt128.random(in: 0...1 << 120, using: &random)
            )
            let sum = PaperNumber("\(left)") + PaperNumber("\(right)")
            #expect((Satoshi(left) + Satoshi(right)).digits == sum.text)
            let rest = PaperNumber(Satoshi(left).less(Satoshi(right)).digits)
            #expect(left > right ? rest + PaperNumber("\(right)") == PaperNumber("\(left)") : rest.text == "0")
        }
    }
}

extension PaperDecimal {
    /// The next number with 8 decimals.
    fileprivate static func next(_ text: String) -> String {
        let units = (PaperDecimal(text).scaled(8) + PaperNumber("1")).text
        let padded = String(repeating: "0", count: max(0, 9 - units.count)) + units
        return "\(padded.dropLast(8)).\(padded.suffix(8))"
    }
}
