/// The formats that a list is served in.
enum ListFormat: String, CaseIterable {
    case json = "JSON"
    case csv = "CSV"

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }
}

/// Chooses by an `Accept` header (RFC 9110, section 12.5.1): CSV only when it is wanted more than JSON.
enum AcceptHeader {
    static func format(_ header: String?) -> ListFormat {
        guard let header else { return .json }
        let ranges = header.split(separator: ",").map(Range.init)
        return weight(of: "text/csv", in: ranges) > weight(of: "application/json", in: ranges) ? .csv : .json
    }

    private struct Range {
        let type: String
        let weight: Double

        init(_ text: Substring) {
            let parts = text.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            type = parts.first ?? ""
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
            weight = quality.map { Double($0) ?? 0 } ?? 1
        }
    }

    /// The most specific range that the type is in decides.
    private static func weight(of type: String, in ranges: [Range]) -> Double {
        let family = type.prefix { $0 != "/" } + "/*"
        for name in [type, String(family), "*/*"] {
            if let range = ranges.first(where: { $0.type == name }) { return range.weight }
        }
        return 0
    }
}
