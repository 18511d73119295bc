import Basics

/// A header's list of names with weights, as in `gzip;q=0.5, *` (RFC 9110, section 12.4.2), in lower case.
///
/// A weight that is none counts as 0: what cannot be read is not asked for.
struct WeightedList {
    struct Element: Equatable {
        let name: String
        let weight: Double
    }

    let elements: [Element]

    init(_ header: String) {
        elements = header.split(separator: ",").map(Self.element).filter { !$0.name.isEmpty }
    }

    /// The weight of the first of the names that the list has.
    func weight(ofFirst names: String...) -> Double? {
        for name in names {
            if let element = elements.first(where: { $0.name == name }) { return element.weight }
        }
        return nil
    }

    private static func element(_ text: Substring) -> Element {
        let parts = text.split(separator: ";").map { String($0.filter { $0 != " " && $0 != "\t" }).lowercased() }
        let quality = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
        return Element(name: parts.first ?? "", weight: quality.map(weight) ?? 1)
    }

    /// 0 to 1 with at most three decimals.
    private static func weight(_ text: Substring) -> Double {
        var scanner = ByteScanner(text)
        guard let whole = scanner.takeNumber(digits: 1) else { return 0 }
        let decimals = scanner.take(".") ? scanner.take(while: isDigit) : []
        guard scanner.isAtEnd, decimals.count <= 3, let weight = Double(text), whole <= 1, weight <= 1 else { return 0 }
        return weight
    }
}
