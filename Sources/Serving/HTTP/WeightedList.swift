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

    private let bytes: [UInt8]
    private let elements: [Element]

    init(_ header: String) {
        bytes = Array(header.utf8)
        elements = bytes.split(separator: UInt8(ascii: ","))
            .compactMap(Self.element)
    }

    /// The weight of the first of the names, in lower case, that the list has.
    func weight(ofFirst names: String...) -> Double? {
        for name in names {
            if let element = elements.first(where: { Self.letters(bytes[$0.name]).elementsEqual(name.utf8) }) {
                return element.weight
            }
        }
        return nil
    }

    private static func element(_ text: ArraySlice<UInt8>) -> Element? {
        var name: Range<Int>?
        for part in text.split(separator: UInt8(ascii: ";")) {
            guard name != nil else {
                guard !letters(part).isEmpty else { return nil }
                name = part.startIndex..<part.endIndex
                continue
            }
            guard letters(part).starts(with: "q=".utf8) else { continue }
            return name.map { Element(name: $0, weight: weight(letters(part).dropFirst(2))) }
        }
        return name.map { Element(name: $0, weight: 1) }
    }

    /// Without white space, in lower case.
    private static func letters(_ part: ArraySlice<UInt8>) -> some Collection<UInt8> {
        part.lazy.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map(lowercased)
    }

    /// 0 to 1 with at most three decimals.
    private static func weight(_ text: some Collection<UInt8>) -> Double {
        var (thousandths, places) = (0, -1)
        for (place, byte) in text.enumerated() {
            if place == 1 {
                guard byte == UInt8(ascii: ".") else { return 0 }
            } else {
                guard isDigit(byte), place < 5 else { return 0 }
                thousandths = thousandths * 10 + Int(byte - UInt8(ascii: "0"))
            }
            places = max(0, place - 1)
        }
        guard places >= 0 else { return 0 }
        while places < 3 { (thousandths, places) = (thousandths * 10, places + 1) }
        return thousandths <= 1000 ? Double(thousandths) / 1000 : 0
    }
}
