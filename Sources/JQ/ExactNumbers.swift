import Basics

/// Keeps the numbers of a document as they were sent, although jq only knows doubles.
///
/// Several numbers can have the same double: 9007199254740993 would be read as 9007199254740992, and so two ids as one. Every
/// number that its double's own text does not state gets a stand-in: a double next to it that no other number of the document
/// has. The parser is given the stand-in, and wherever a filter's result has it, the number is written as it was sent. So
/// filters can tell all numbers apart, group them and pass them on, also within texts. What they reckon is only as exact as
/// doubles are; digits that they cut from a number's text, or glue to it, are those of the stand-in; and numbers keep their
/// order unless there are more of them than doubles between their neighbours.
///
/// A double's own text is the shortest decimal that reads as this double. A number of up to 15 digits always is its double's own
/// text, so it need not be remembered, and stand-ins are doubles whose own text is longer. Signs are ignored: if a double stands
/// for a number, the negative double stands for the negative number.
struct ExactNumbers {
    /// The longest number, in bytes.
    static let longest = 1000
    /// How many doubles are tried on each side of a number.
    private static let reach = 1000

    /// What a double stands for, by its bits: the number as it was sent, or nil if it is the double's own text.
    private var meanings: [UInt64: [UInt8]?] = [:]
    private var hasStandIns = false
    /// The doubles whose own texts stand within strings.
    private var spelled: Set<UInt64> = []
    private var scanner = NumberScanner()
    /// Why the document cannot be read.
    private(set) var failure: String?

    /// Takes the next piece of the document, and returns what the parser must be given instead.
    ///
    /// A number at the end of a piece is held back until the next one, because it may go on there.
    mutating func take(_ piece: [UInt8], isLast: Bool) -> [UInt8] {
        let text = scanner.held.isEmpty ? piece : scanner.held + piece
        var output: [UInt8] = []
        var copied = 0
        text.withUnsafeBufferPointer { bytes in
            var index = 0
            while let number = scanner.next(in: bytes, from: &index, isLast: isLast) {
                let token = bytes[number.range]
                if number.isInString {
                    if let number = LongNumber(token), number.isOwnText { spelled.insert(number.double.bitPattern) }
                } else if let text = standIn(for: token) {
                    output += bytes[copied..<number.range.lowerBound]
                    output += text
                    copied = number.range.upperBound
                }
            }
        }
        let end = text.count - scanner.held.count
        return copied == 0 && end == text.count ? text : output + text[copied..<end]
    }

    /// A filter's result with the numbers as they were sent, also within its strings; nil if it has them already.
    ///
    /// Throws if a number within a string may be a stand-in or copied from a string of the document.
    func restored(_ result: UnsafeRawBufferPointer, isString: Bool = false) throws(JQError) -> [UInt8]? {
        guard hasStandIns else { return nil }
        let bytes = result.bindMemory(to: UInt8.self)
        var scanner = NumberScanner(isInString: isString)
        var output: [UInt8] = []
        var copied = 0
        var index = 0
        while let number = scanner.next(in: bytes, from: &index, isLast: true) {
            // Another text of the double is none that jq has made.
            guard let long = LongNumber(bytes[number.range]), long.isOwnText,
                let sent = meanings[long.double.bitPattern] ?? nil
            else { continue }
            guard !number.isInString || !spelled.contains(long.double.bitPattern) else {
                let text = String(decoding: sent, as: UTF8.self)
                let made = String(decoding: bytes[number.range], as: UTF8.self)
                throw JQError(
                    "the filter made a text with \(made), which may be the number \(text) or a text of the page")
            }
            output += bytes[copied..<number.range.lowerBound]
            output += sent
            copied = number.range.upperBound
        }
        return copied == 0 ? nil : output + bytes[copied...]
    }

    /// The text of the double that the parser must read instead of the number; nil if it is the number's own double.
    private mutating func standIn(for token: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        guard token.count <= Self.longest else {
            failure = failure ?? "a number of more than \(Self.longest) characters"
            return nil
        }
        guard let value = DecimalNumber(token) else {
            failure = failure ?? "malformed number"
            return nil
        }
        guard let number = LongNumber(value, token) else { return nil }
        for candidate in number.candidates(within: Self.reach) {
            if let known = meanings[candidate.bitPattern] {
                guard known.map({ DecimalNumber($0) }) ?? DecimalNumber(candidate) == value else { continue }
            } else {
                guard let own = DecimalNumber(candidate), own == value || own.mayShareDouble else { continue }
                meanings[candidate.bitPattern] = .some(own == value ? nil : Array(token))
                hasStandIns = hasStandIns || own != value
            }
            return candidate == number.double ? nil : Array(candidate.description.utf8)
        }
        failure = failure ?? "too many numbers that differ only behind their 16th digit"
        return nil
    }
}

/// A number that may share its double with another one.
private struct LongNumber {
    /// Infinite for a number above all doubles.
    let double: Double
    private let value: DecimalNumber
    private let own: DecimalNumber?

    /// nil for any other number, and for what is no number.
    init?(_ token: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let value = DecimalNumber(token) else { return nil }
        self.init(value, token)
    }

    init?(_ value: DecimalNumber, _ token: Slice<UnsafeBufferPointer<UInt8>>) {
        guard value.mayShareDouble, let double = Double(String(decoding: token, as: UTF8.self)) else { return nil }
        self.double = double
        self.value = value
        own = DecimalNumber(double)
    }

    /// Whether it is the text by which its double is written.
    var isOwnText: Bool { own == value }

    /// The finite doubles around the number, the nearest first.
    ///
    /// A number that is not its double's own text begins beside it, on the side on which it lies.
    func candidates(within reach: Int) -> some Sequence<Double> {
        let bits = double.bitPattern
        let isAbove = own.map { value.isGreater(than: $0) } ?? false
        let doubles = sequence(state: isOwnText ? 0 : 1) { step -> Double? in
            defer { step += 1 }
            let distance = UInt64(step + 1) / 2
            guard distance <= reach else { return nil }
            let goesUp = step.isMultiple(of: 2) != isAbove
            return Double(bitPattern: goesUp ? bits + distance : bits - min(bits, distance))
        }
        return doubles.lazy.filter(\.isFinite)
    }
}

/// A number by value, without its sign: its digits from the first to the last that is not zero, and that one's power of ten.
private struct DecimalNumber: Equatable {
    private(set) var digits: [UInt8]
    private(set) var exponent = 0

    /// Whether its double may be another number's too: doubles keep 15 digits (`DBL_DIG`) unless they are very small or great.
    var mayShareDouble: Bool {
        !digits.isEmpty && (digits.count > 15 || !(-290...290).contains(exponent))
    }

    /// Accepts the grammar of RFC 8259, section 6, without the sign; nil for anything else.
    init?(_ token: some Collection<UInt8>) {
        var rest = token[...]
        let whole = rest.prefix(while: isDigit)
        guard let lead = whole.first, whole.count == 1 || lead != UInt8(ascii: "0") else { return nil }
        digits = Array(whole)
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !fraction.isEmpty else { return nil }
            digits += fraction
            exponent = -fraction.count
            rest = rest.dropFirst(1 + fraction.count)
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            var power = rest.dropFirst()
            let isBelow = power.first == UInt8(ascii: "-")
            if isBelow || power.first == UInt8(ascii: "+") { power = power.dropFirst() }
            guard !power.isEmpty, power.allSatisfy(isDigit) else { return nil }
            let value = power.reduce(0) { min(1_000_000, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
            exponent += isBelow ? -value : value
            rest = rest.dropFirst(rest.count)
        }
        guard rest.isEmpty else { return nil }
        let zeros = digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        digits = Array(digits.dropLast(zeros).drop { $0 == UInt8(ascii: "0") })
        exponent = digits.isEmpty ? 0 : exponent + zeros
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

    private var isInString: Bool
    private var isEscaped = false
    /// The end of the text, which may be the beginning of a number.
    private(set) var held: [UInt8] = []

    init(isInString: Bool = false) {
        self.isInString = isInString
    }

    /// The next number at or after `index`, which is set to its end; nil at the end of the text.
    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, from index: inout Int, isLast: Bool) -> Found? {
        held = []
        while index < bytes.count {
            let byte = bytes[index]
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
        if isEscaped {
            isEscaped = false
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
