import Basics

/// A header's list of names with weights, as in `gzip;q=0.5, *` (RFC 9110, section 12.4.2).
///
/// A weight that is none counts as 0: what cannot be read is not asked for. Read byte by byte: what a header asks for is
/// found without a text for each of its elements, of which there may be thousands.
struct WeightedList {
    private struct Element {
        /// Its bytes, perhaps with white space among them.
        let name: Range<Int>
        let weight: Double
    }

    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private let bytes: [UInt8]
    private let elements: [Element]

    init(_ header: String) {
        bytes = Array(header.utf8)
        elements = bytes.withUnsafeBufferPointer { bytes in
            var elements: [Element] = []
            Self.forEachPart(of: bytes, in: bytes.indices, UInt8(ascii: ",")) { part in
                if let element = Self.element(bytes, part) { elements.append(element) }
            }
            return elements
        }
    }

    /// Calls `body` with what stands between separators, unless that is nothing.
    private static func forEachPart(
        of bytes: Bytes, in range: Range<Int>, _ separator: UInt8, _ body: (Range<Int>) -> Void
    ) {
        var start = range.lowerBound
        for place in range where bytes[place] == separator {
            if start < place { body(start..<place) }
            start = place + 1
        }
        if start < range.upperBound { body(start..<range.upperBound) }
    }

    /// The weight of the first of the names, in lower case, that the list has.
    func weight(ofFirst names: String...) -> Double? {
        bytes.withUnsafeBufferPointer { bytes in
            for name in names {
                var name = name
                let element = name.withUTF8 { name in elements.first { Self.reads(bytes, $0.name, name) } }
                if let element { return element.weight }
            }
            return nil
        }
    }

    private static func element(_ bytes: Bytes, _ range: Range<Int>) -> Element? {
        var (name, weight): (Range<Int>?, Double?)
        forEachPart(of: bytes, in: range, UInt8(ascii: ";")) { part in
            if name == nil {
                name = part
            } else if weight == nil {
                weight = Self.weight(bytes, part)
            }
        }
        guard let name, !name.allSatisfy({ isBlank(bytes[$0]) }) else { return nil }
        return Element(name: name, weight: weight ?? 1)
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

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
