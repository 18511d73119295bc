import HTTPServer
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
        // The most specific range that the type is in decides.
        let csv = ranges.weight(ofFirst: "text/csv", "text/*", "*/*") ?? 0
        let json = ranges.weight(ofFirst: "application/json", "application/*", "*/*") ?? 0
        return csv > json ? .csv : .json
    }
}
