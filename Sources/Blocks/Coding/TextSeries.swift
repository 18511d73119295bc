import Basics

/// A sequence of texts that are mostly numbers: numbers are stored in the shortest form, and other texts as they are.
enum TextSeries {
    /// How texts are encoded as numbers.
    enum Form: UInt64, CaseIterable {
        /// A double, stored as its bit pattern.
        case double
        /// A decimal with at most `places` decimals, and no zero at their end.
        case decimal
        /// A decimal with exactly `places` decimals.
        case places
        /// A minute, `2026-11-21T09:01Z`: the number of minutes since 1970.
        case minute

        var hasPlaces: Bool { self == .decimal || self == .places }
    }

    private struct Plan {
        let form: Form
        let places: Int
        /// The indices of texts that do not have the form.
        var exceptions: [Int] = []
        var numbers: NumberSeries.Plan
        var size: Int

        init(_ form: Form, places: Int, _ texts: [UnsafeRawBufferPointer], _ number: (Int) -> Int64?) {
            self.form = form
            self.places = places
            var values: [Int64] = []
            values.reserveCapacity(texts.count)
            var exceptionSize = 0
            for index in texts.indices {
                if let value = number(index) {
                    values.append(value)
                } else {
                    exceptions.append(index)
                    exceptionSize += 32 + texts[index].count * 8
                }
            }
            numbers = NumberSeries.Plan(values)
            size = numbers.size + exceptionSize
        }
    }

    static func write(_ texts: [[UInt8]], to output: inout BitWriter) {
        var (bytes, ranges): ([UInt8], [Range<Int>]) = ([], [])
        for text in texts {
            ranges.append(bytes.count..<bytes.count + text.count)
            bytes += text
        }
        bytes.withUnsafeBytes { bytes in
            write(ranges.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }, to: &output)
        }
    }

    static func write(_ texts: [UnsafeRawBufferPointer], to output: inout BitWriter) {
        let plan = plan(texts)
        output.write(!plan.exceptions.isEmpty)
        if !plan.exceptions.isEmpty {
            output.write(number: UInt64(plan.exceptions.count))
            for index in plan.exceptions {
                output.write(number: UInt64(index))
                output.write(number: UInt64(texts[index].count))
                output.write(bytes: texts[index])
            }
        }
        guard plan.exceptions.count < texts.count else { return }
        output.write(plan.form.rawValue, 2)
        if plan.form.hasPlaces { output.write(UInt64(plan.places), 6) }
        NumberSeries.write(plan.numbers, to: &output)
    }

    private static func plan(_ texts: [UnsafeRawBufferPointer]) -> Plan {
        let plain = texts.map(PlainNumber.init)
        let stripped = plain.map { $0.flatMap { $0.isStripped ? $0 : nil } }
        let places = stripped.reduce(0) { max($0, $1?.places ?? 0) }
        var best = Plan(.decimal, places: places, texts) { stripped[$0]?.digits(withPlaces: places) }
        func take(_ plan: Plan) { if plan.size < best.size { best = plan } }
        if zip(plain, stripped).contains(where: { $0 != nil && $1 == nil }) {
            let places = plain.reduce(0) { max($0, $1?.places ?? 0) }
            take(Plan(.places, places: places, texts) { plain[$0].flatMap { $0.places == places ? $0.digits : nil } })
        }
        // Numbers with few digits are shorter as decimals than as doubles, whose bits look random.
        if !best.exceptions.isEmpty || best.size > texts.count * 32 {
            if texts.contains(where: { minute($0) != nil }) {
                take(Plan(.minute, places: 0, texts) { minute(texts[$0]) })
            } else {
                let doubles = texts.indices.map { PlainDouble.value(texts[$0], plain[$0]) }
                take(Plan(.double, places: 0, texts) { doubles[$0].map { Int64(bitPattern: $0.bitPattern) } })
            }
        }
        return best
    }

    private static func minute(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count == 17, text[10] == UInt8(ascii: "T") else { return nil }
        let string = String(decoding: text, as: UTF8.self)
        guard let minute = Minute(string), minute.description == string else { return nil }
        return minute.milliseconds / 60_000
    }

    // MARK: Reading

    /// A decoded series: the numbers are turned into texts only on request.
    struct Texts {
        fileprivate var form = Form.decimal
        fileprivate var places = 0
        fileprivate var numbers: [Int64] = []
        /// In ascending order.
        fileprivate var exceptions: [(index: Int, text: [UInt8])] = []
        private(set) var count = 0

        init() {}

        init(_ count: Int, from input: inout BitReader) throws(BlockDamage) {
            self.count = count
            if input.readBit() { try readExceptions(&input) }
            guard exceptions.count < count else { return }
            form = Form.allCases[Int(input.read(2))]
            if form.hasPlaces { places = Int(input.read(6)) }
            numbers.reserveCapacity(count - exceptions.count)
            try NumberSeries.read(count - exceptions.count, from: &input, into: &numbers)
            if form == .double, numbers.contains(where: { !Double(bitPattern: UInt64(bitPattern: $0)).isFinite }) {
                throw BlockDamage("a number is not finite")
            }
        }

        private mutating func readExceptions(_ input: inout BitReader) throws(BlockDamage) {
            let wrong = BlockDamage("texts stand where none can")
            guard let number = Int(exactly: input.readNumber()), (1...max(1, count)).contains(number), number <= count
            else {
                throw wrong
            }
            for _ in 0..<number {
                guard let index = Int(exactly: input.readNumber()), index < count, index > exceptions.last?.index ?? -1,
                    let length = Int(exactly: input.readNumber()), let text = input.readBytes(length)
                else { throw wrong }
                exceptions.append((index, text))
            }
        }

        /// The index of a text's number; nil for an exception.
        private func numberIndex(_ index: Int) -> Int? {
            if exceptions.isEmpty { return index }
            let before = exceptions.prefix { $0.index < index }.count
            if before < exceptions.count, exceptions[before].index == index { return nil }
            return index - before
        }

        func append(_ index: Int, to output: inout [UInt8]) {
            guard let place = numberIndex(index) else {
                output += exceptions.first { $0.index == index }?.text ?? []
                return
            }
            let number = numbers[place]
            switch form {
            case .double: PlainDouble.append(Double(bitPattern: UInt64(bitPattern: number)), to: &output)
            case .decimal: PlainNumber.append(number, places: places, isStripped: true, to: &output)
            case .places: PlainNumber.append(number, places: places, isStripped: false, to: &output)
            case .minute:
                let (milliseconds, isOver) = number.multipliedReportingOverflow(by: 60_000)
                output += Minute(containing: Timestamp(milliseconds: isOver ? 0 : milliseconds)).description.utf8
            }
        }
    }
}
