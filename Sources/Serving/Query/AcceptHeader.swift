import TopLists

extension ListFormat {
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
        let ranges = WeightedList(header)
        return weight(of: "text", "csv", in: ranges) > weight(of: "application", "json", in: ranges) ? .csv : .json
    }

    /// The most specific range that the type is in decides.
    private static func weight(of family: String, _ type: String, in ranges: WeightedList) -> Double {
        ranges.weight(ofFirst: "\(family)/\(type)", "\(family)/*", "*/*") ?? 0
    }
}
