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

    /// Not of an array, which would be counted for each element.
    private typealias Part = Slice<UnsafeBufferPointer<UInt8>>

    private let bytes: [UInt8]
    private let elements: [Element]

    init(_ header: String) {
        bytes = Array(header.utf8)
        elements = bytes.withUnsafeBufferPointer { bytes in
            var elements: [Element] = []
            Self.forEachPart(bytes[...], UInt8(ascii: ",")) { part in
                if let element = Self.element(part) { elements.append(element) }
            }
            return elements
        }
    }

    /// Calls `body` with what stands between separators, unless that is nothing.
    private static func forEachPart(_ text: Part, _ separator: UInt8, _ body: (Part) -> Void) {
        var start = text.startIndex
        for place in text.indices where text[place] == separator {
            if start < place { body(text[start..<place]) }
            start = place + 1
        }
        if start < text.endIndex { body(text[start...]) }
    }

    /// The weight of the first of the names, in lower case, that the list has.
    func weight(ofFirst names: String...) -> Double? {
        bytes.withUnsafeBufferPointer { bytes in
            for name in names {
                let element = elements.first { element in
                    element.name.count >= name.utf8.count
                        && Self.letters(bytes[element.name]).elementsEqual(name.utf8)
                }
                if let element { return element.weight }
            }
            return nil
        }
    }

    private static func element(_ text: Part) -> Element? {
        var (name, weight): (Range<Int>?, Double?)
        forEachPart(text, UInt8(ascii: ";")) { part in
            if name == nil {
                name = part.startIndex..<part.endIndex
            } else if weight == nil, letters(part).starts(with: "q=".utf8) {
                weight = Self.weight(letters(part).dropFirst(2))
            }
        }
        guard let name, !letters(text[name]).isEmpty else { return nil }
        return Element(name: name, weight: weight ?? 1)
    }

    /// Without white space, in lower case.
    private static func letters(_ part: Part) -> some Collection<UInt8> {
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
