import Basics

/// A header's list of names with weights, as in `gzip;q=0.5, *` (RFC 9110, section 12.4.2).
///
/// An unreadable weight counts as 0: what cannot be read is not asked for. Names are looked for in the header's bytes, of which
/// a client may send thousands: nothing is made of those that nobody asks about.
package struct QualityList {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private let header: String

    /// Keeps the header as it is, and parses nothing before somebody asks for a weight.
    package init(_ header: String) {
        self.header = header
    }

    /// The weight of the first of the names, in lower case, that the list has.
    package func weight(ofFirst names: StaticString...) -> Double? { weight(ofFirst: names) }

    /// As the other.
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

    /// What `body` returns first, called with what stands between separators unless that is empty.
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

    /// Whether the bytes are these, in lower case, whatever white space is among them.
    private static func reads(_ bytes: Bytes, _ range: Range<Int>, _ name: Bytes) -> Bool {
        guard range.count >= name.count else { return false }
        var read = 0
        for place in range where !isBlank(bytes[place]) {
            guard read < name.count, lowercased(bytes[place]) == name[read] else { return false }
            read += 1
        }
        return read == name.count
    }

    /// 0 to 1 with at most three decimals, behind `q=`; nil for another parameter.
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
