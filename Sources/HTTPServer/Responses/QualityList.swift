import Basics

/// A header's list of names with weights, such as `gzip;q=0.5, *` (RFC 9110, section 12.4.2).
///
/// An unreadable weight counts as 0. Names are looked up in the bytes of the header: a client may send thousands, and no strings
/// are made of those that nobody looks for.
package struct QualityList {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private let header: String

    /// Keeps the header unchanged, and parses it when a weight is requested.
    package init(_ header: String) {
        self.header = header
    }

    /// The weight of the first of the names, given in lower case, that the list contains.
    package func weight(ofFirst names: StaticString...) -> Double? { weight(ofFirst: names) }

    /// Like the other one.
    package func weight(ofFirst names: [StaticString]) -> Double? {
        var header = header
        return header.withUTF8 { bytes in
            for name in names {
                let weight = name.withUTF8Buffer { Self.weight(of: $0, in: bytes) }
                if let weight { return weight }
            }
            return nil
        }
    }

    private static func weight(of name: Bytes, in bytes: Bytes) -> Double? {
        first(of: bytes, in: bytes.indices, UInt8(ascii: ",")) { element in
            var found: Bool?
            var weight: Double?
            _ = first(of: bytes, in: element, UInt8(ascii: ";")) { part -> Void? in
                if found == nil {
                    found = reads(bytes, part, name)
                } else if found == true, weight == nil {
                    weight = Self.weight(bytes, part)
                }
                return found == false || weight != nil ? () : nil
            }
            return found == true ? weight ?? 1 : nil
        }
    }

    /// Calls `body` with each non-empty part between separators, and returns its first result.
    private static func first<Result>(
        of bytes: Bytes, in range: Range<Int>, _ separator: UInt8, _ body: (Range<Int>) -> Result?
    ) -> Result? {
        var start = range.lowerBound
        for place in range where bytes[place] == separator {
            if start < place, let result = body(start..<place) { return result }
            start = place + 1
        }
        return start < range.upperBound ? body(start..<range.upperBound) : nil
    }

    /// Whether the bytes match a lowercase name, ignoring case and white space.
    private static func reads(_ bytes: Bytes, _ range: Range<Int>, _ name: Bytes) -> Bool {
        guard range.count >= name.count else { return false }
        var read = 0
        for place in range where !isBlank(bytes[place]) {
            guard read < name.count, lowercased(bytes[place]) == name[read] else { return false }
            read += 1
        }
        return read == name.count
    }

    /// Parses `q=` and a weight from 0 to 1 with at most three decimals; nil for another parameter.
    private static func weight(_ bytes: Bytes, _ range: Range<Int>) -> Double? {
        var (thousandths, places, read) = (0, -1, -2)
        for place in range where !isBlank(bytes[place]) {
            let byte = bytes[place]
            switch read {
            case -2: if lowercased(byte) != UInt8(ascii: "q") { return nil }
            case -1: if byte != UInt8(ascii: "=") { return nil }
            case 1: if byte != UInt8(ascii: ".") { return 0 }
            default:
                guard isDigit(byte), read < 5 else { return 0 }
                thousandths = thousandths * 10 + Int(byte - UInt8(ascii: "0"))
            }
            if read >= 0 { places = max(0, read - 1) }
            read += 1
        }
        guard read >= 0 else { return nil }
        guard places >= 0 else { return 0 }
        while places < 3 { (thousandths, places) = (thousandths * 10, places + 1) }
        return thousandths <= 1000 ? Double(thousandths) / 1000 : 0
    }
}
