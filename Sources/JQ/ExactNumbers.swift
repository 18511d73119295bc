import Basics

/// Keeps the numbers of a document as they were sent, although jq only knows doubles.
///
/// Several numbers can have the same double: 9007199254740993 would be read as 9007199254740992, and so two ids as one. If a
/// document has a number that its double's own text does not state, it is parsed once more, with a stand-in in that number's
/// place: a double next to it that no other number of the document has. Wherever a filter's result has a stand-in, the number
/// is written as it was sent. So filters can tell all numbers apart, compare them, group them and pass them on, also within
/// texts. What they reckon is only as exact as doubles are, and digits that they cut from a number's text, or glue to it, are
/// those of the stand-in.
///
/// A double's own text is the shortest decimal that reads as this double. A number of up to 15 digits always is its double's own
/// text, so it need not be remembered, and stand-ins are doubles whose own text is longer, and stands nowhere in the document.
/// They have the order of their numbers, so far as there is room. Signs are ignored: if a double stands for a number, the
/// negative double stands for the negative number.
struct ExactNumbers {
    /// The longest number, in bytes.
    static let longest = 1000
    /// No double is printed with more characters; great ones have up to 32 digits.
    private static let longestText = 40

    /// The long numbers that are their doubles' own texts, by their doubles' bits; also those within strings.
    private var own: Set<UInt64> = []
    /// The other long numbers, as they were sent, in the order in which they came first.
    private var others: [[UInt8]: Int] = [:]
    /// For each of them the double that the parser is given.
    private var standIns: [[UInt8]: Double] = [:]
    /// What such a double stands for, by its bits.
    private var meanings: [UInt64: [UInt8]] = [:]
    private var scanner = NumberScanner()
    /// Why the document cannot be read.
    private(set) var failure: String?

    /// Whether the document must be parsed once more, as `rewritten` gives it.
    var needStandIns: Bool { !others.isEmpty }

    /// Looks at the next piece of the document.
    mutating func see(_ piece: [UInt8], isLast: Bool) {
        let text = scanner.held.isEmpty ? piece : scanner.held + piece
        text.withUnsafeBufferPointer { bytes in
            var index = 0
            while let number = scanner.next(in: bytes, from: &index, isLast: isLast) {
                see(bytes[number.range], isInString: number.isInString)
            }
        }
    }

    private mutating func see(_ token: Slice<UnsafeBufferPointer<UInt8>>, isInString: Bool) {
        guard token.count <= Self.longest else {
            if !isInString { failure = failure ?? "a number of more than \(Self.longest) characters" }
            return
        }
        // Numbers within strings only matter where a stand-in would look like one of them.
        guard !isInString, !Self.hasFewDigits(token), !Self.isWrittenAsDouble(token) else { return }
        guard let value = DecimalNumber(token) else {
            failure = failure ?? "malformed number"
            return
        }
        guard let number = LongNumber(value, token), !number.isOwnText else { return }
        let literal = Array(token)
        if others[literal] == nil { others[literal] = others.count }
    }

    /// Whether it is a plain decimal of up to 15 digits, which always is its double's own text.
    private static func hasFewDigits(_ token: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var (digits, points) = (0, 0)
        for byte in token {
            if isDigit(byte) {
                if digits > 0 || byte != UInt8(ascii: "0") { digits += 1 }
            } else if byte == UInt8(ascii: "."), points == 0 {
                points = 1
            } else {
                return false
            }
        }
        // What jq takes besides, such as needless zeros, is looked at closely.
        let isPlain = token.first != UInt8(ascii: "0") || token.dropFirst().first == UInt8(ascii: ".")
        return digits <= 15 && isPlain && token.last != UInt8(ascii: ".") && token.count < 290
    }

    /// Whether its double is printed as it is sent, letter by letter: nearly all numbers of 16 and 17 digits are.
    private static func isWrittenAsDouble(_ token: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard token.count <= longestText, let double = Double(String(decoding: token, as: UTF8.self)) else {
            return false
        }
        var text = double.description
        return text.withUTF8 { own in
            own.count == token.count && zip(own, token).allSatisfy { $0 == $1 }
        }
    }

    /// The whole document with stand-ins.
    mutating func rewritten(_ text: [UInt8]) -> [UInt8] {
        collectOwn(in: text)
        chooseStandIns()
        var output: [UInt8] = []
        output.reserveCapacity(text.count + 8 * others.count)
        var copied = 0
        text.withUnsafeBufferPointer { bytes in
            var scanner = NumberScanner()
            var index = 0
            while let number = scanner.next(in: bytes, from: &index, isLast: true) {
                guard !number.isInString, let standIn = standIns[Array(bytes[number.range])] else { continue }
                output += bytes[copied..<number.range.lowerBound]
                output += standIn.description.utf8
                copied = number.range.upperBound
            }
        }
        return output + text[copied...]
    }

    /// Finds the numbers that no stand-in may look like.
    private mutating func collectOwn(in text: [UInt8]) {
        text.withUnsafeBufferPointer { bytes in
            var scanner = NumberScanner()
            var index = 0
            while let found = scanner.next(in: bytes, from: &index, isLast: true) {
                // No double is printed with more characters.
                guard found.range.count <= Self.longest, let number = LongNumber(bytes[found.range]), number.isOwnText
                else { continue }
                own.insert(number.double.bitPattern)
            }
        }
    }

    /// Gives each number the nearest free double on its side of its own one, in the order of the numbers.
    private mutating func chooseStandIns() {
        let numbers = others.compactMap { literal, place in
            literal.withUnsafeBufferPointer { LongNumber($0[...]) }.map { (literal, place, $0) }
        }.sorted { left, right in
            left.2.value == right.2.value ? left.1 < right.1 : right.2.value.isGreater(than: left.2.value)
        }
        var last: (value: DecimalNumber, double: Double)?
        var highest: UInt64 = 0
        for (literal, _, number) in numbers {
            // The same number, written in another way.
            if let last, last.value == number.value {
                standIns[literal] = last.double
                continue
            }
            guard let double = free(for: number, above: highest) else {
                failure = failure ?? "too many numbers that differ only behind their 16th digit"
                return
            }
            standIns[literal] = double
            meanings[double.bitPattern] = literal
            last = (number.value, double)
            highest = max(highest, double.bitPattern)
        }
    }

    private func free(for number: LongNumber, above last: UInt64) -> Double? {
        let greatest = Double.greatestFiniteMagnitude.bitPattern
        let bits = min(number.double.bitPattern, greatest)
        if !number.isAbove, bits > last, let below = free(from: bits, by: -1, to: last + 1) { return below }
        if let above = free(from: max(last + 1, bits), by: 1, to: greatest) { return above }
        // Above all doubles there is no more order.
        return free(from: max(2, min(last, greatest)) - 1, by: -1, to: 1)
    }

    private func free(from first: UInt64, by step: Int64, to end: UInt64) -> Double? {
        for offset in 0..<Int64(1_000_000) {
            let bits = UInt64(bitPattern: Int64(bitPattern: first) + offset * step)
            guard step > 0 ? bits <= end : bits >= end, case let double = Double(bitPattern: bits), double.isFinite
            else {
                return nil
            }
            if !own.contains(bits), meanings[bits] == nil, DecimalNumber(double)?.mayShareDouble == true {
                return double
            }
        }
        return nil
    }

    /// A filter's result with the numbers as they were sent, also within its strings; nil if it has them already.
    func restored(_ result: UnsafeRawBufferPointer, isString: Bool = false) -> [UInt8]? {
        guard !meanings.isEmpty else { return nil }
        let bytes = result.bindMemory(to: UInt8.self)
        var scanner = NumberScanner(isPlainText: isString)
        var output: [UInt8] = []
        var copied = 0
        var index = 0
        while let number = scanner.next(in: bytes, from: &index, isLast: true) {
            // No string of the document has a stand-in's own text, and another text of it is none that jq has made.
            guard number.range.count <= Self.longestText, let long = LongNumber(bytes[number.range]), long.isOwnText,
                let sent = meanings[long.double.bitPattern]
            else { continue }
            output += bytes[copied..<number.range.lowerBound]
            output += sent
            copied = number.range.upperBound
        }
        return copied == 0 ? nil : output + bytes[copied...]
    }
}

/// A number that may share its double with another one.
private struct LongNumber {
    /// Infinite for a number above all doubles.
    let double: Double
    let value: DecimalNumber
    /// Whether it is the text by which its double is written.
    let isOwnText: Bool
    /// Whether it is greater than its double.
    let isAbove: Bool

    /// nil for any other number, and for what is no number.
    init?(_ token: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let value = DecimalNumber(token) else { return nil }
        self.init(value, token)
    }

    init?(_ value: DecimalNumber, _ token: Slice<UnsafeBufferPointer<UInt8>>) {
        guard value.mayShareDouble, let double = Double(String(decoding: token, as: UTF8.self)) else { return nil }
        self.double = double
        self.value = value
        let own = DecimalNumber(double)
        isOwnText = own == value
        isAbove = own.map { value.isGreater(than: $0) } ?? false
    }
}

/// A number by value, without its sign: its digits from the first to the last that is not zero, and that one's power of ten.
private struct DecimalNumber: Equatable {
    private let digits: [UInt8]
    private let exponent: Int

    /// Whether its double may be another number's too: doubles keep 15 digits (`DBL_DIG`) unless they are very small or great.
    var mayShareDouble: Bool {
        !digits.isEmpty && (digits.count > 15 || !(-290...290).contains(exponent))
    }

    /// nil for what is no number of JSON.
    init?(_ token: some Collection<UInt8>) {
        guard let text = DecimalText(token) else { return nil }
        let zeros = text.digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        digits = Array(text.digits.dropLast(zeros).drop { $0 == UInt8(ascii: "0") })
        exponent = digits.isEmpty ? 0 : (text.exponent ?? 0) - text.places + zeros
    }

    /// Compares by value.
    func isGreater(than other: DecimalNumber) -> Bool {
        guard !digits.isEmpty, !other.digits.isEmpty else { return !digits.isEmpty }
        let (place, otherPlace) = (digits.count + exponent, other.digits.count + other.exponent)
        return place == otherPlace ? other.digits.lexicographicallyPrecedes(digits) : place > otherPlace
    }

    /// The double's own text.
    init?(_ double: Double) {
        self.init(double.description.utf8)
    }
}

/// Finds the numbers of a JSON text, also within strings, that are long enough to share a double with others.
private struct NumberScanner {
    struct Found {
        /// Without a sign.
        let range: Range<Int>
        let isInString: Bool
    }

    private let isPlainText: Bool
    private var isInString: Bool
    private var isEscaped = false
    /// How many digits of a `\\u` escape are still to come.
    private var escapeDigits = 0
    /// The end of the text, which may be the beginning of a number.
    private(set) var held: [UInt8] = []

    /// A plain text has no quotes around it, and no escapes.
    init(isPlainText: Bool = false) {
        self.isPlainText = isPlainText
        isInString = isPlainText
    }

    /// The next number at or after `index`, which is set to its end; nil at the end of the text.
    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, from index: inout Int, isLast: Bool) -> Found? {
        held = []
        while index < bytes.count {
            let byte = bytes[index]
            // Most of a text is letters and the like, which say nothing.
            if byte > UInt8(ascii: "9"), byte != UInt8(ascii: "\\"), escapeDigits == 0, !isEscaped {
                index += 1
                continue
            }
            guard escapeDigits == 0 else {
                escapeDigits -= 1
                index += 1
                continue
            }
            guard isDigit(byte) || (byte == UInt8(ascii: ".") && !isInString) else {
                index += 1
                see(byte)
                continue
            }
            isEscaped = false
            let start = index
            let hasExponent = skipNumber(in: bytes, &index)
            // What is too long is not held back, so that a hostile text costs no more than its length.
            if index == bytes.count, !isLast, index - start <= ExactNumbers.longest {
                held = Array(bytes[start...])
                return nil
            }
            guard hasExponent || index - start > 15 else { continue }
            var end = index
            // A sentence may go on behind the number.
            while isInString, !isDigit(bytes[end - 1]) { end -= 1 }
            return Found(range: start..<end, isInString: isInString)
        }
        return nil
    }

    private mutating func see(_ byte: UInt8) {
        guard !isPlainText else { return }
        if isEscaped {
            isEscaped = false
            if byte == UInt8(ascii: "u") { escapeDigits = 4 }
        } else if byte == UInt8(ascii: "\"") {
            isInString.toggle()
        } else if byte == UInt8(ascii: "\\"), isInString {
            isEscaped = true
        }
    }

    /// Skips what may belong to a number, in a string only what does, and returns whether it has an exponent.
    private func skipNumber(in bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Bool {
        var points = 0
        var hasExponent = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "."):
                points += 1
                if isInString, points > 1 || hasExponent { return hasExponent }
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                if isInString, hasExponent { return true }
                hasExponent = true
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                guard bytes[index - 1] | 0x20 == UInt8(ascii: "e") else { return hasExponent }
            default: return hasExponent
            }
            index += 1
        }
        return hasExponent
    }
}
