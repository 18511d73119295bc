/// Parses a text from its start, for texts that are read with each request.
///
/// A regular expression takes a hundred times as long, because Swift compiles it at each use.
package struct ByteScanner {
    private var rest: ArraySlice<UInt8>

    /// Copies the UTF-8 bytes of the text.
    package init(_ text: some StringProtocol) {
        rest = Array(text.utf8)[...]
    }

    package var isAtEnd: Bool { rest.isEmpty }
    /// The next byte, without taking it; nil at the end.
    package var next: UInt8? { rest.first }

    /// Takes the next byte if it is one of these.
    package mutating func take(_ characters: Unicode.Scalar...) -> Bool {
        guard let first = rest.first, characters.contains(Unicode.Scalar(first)) else { return false }
        rest.removeFirst()
        return true
    }

    /// Takes the next byte if it is this one.
    package mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, Unicode.Scalar(first) == character else { return false }
        rest.removeFirst()
        return true
    }

    /// Takes the whole of `text`, or nothing.
    package mutating func take(text: StaticString) -> Bool {
        let isNext = text.withUTF8Buffer { rest.starts(with: $0) }
        if isNext { rest.removeFirst(text.utf8CodeUnitCount) }
        return isNext
    }

    /// Takes bytes while the predicate holds.
    package mutating func take(while holds: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = rest.prefix(while: holds)
        rest.removeFirst(taken.count)
        return taken
    }

    /// Skips all of these bytes at the start, if any.
    package mutating func skip(_ characters: Unicode.Scalar...) {
        rest = rest.drop { characters.contains(Unicode.Scalar($0)) }
    }

    /// Takes a number with exactly this many digits.
    package mutating func takeNumber(digits width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(isDigit) else { return nil }
        rest.removeFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Takes a point and one to nine digits, and returns whole milliseconds; returns 0 if there is no point.
    package mutating func takeFraction() -> Int? {
        guard take(".") else { return 0 }
        let digits = take(while: isDigit)
        guard (1...9).contains(digits.count) else { return nil }
        let milliseconds =
            digits.prefix(3) + [UInt8](repeating: UInt8(ascii: "0"), count: Swift.max(0, 3 - digits.count))
        return milliseconds.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
