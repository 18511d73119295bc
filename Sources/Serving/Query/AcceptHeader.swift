import HTTPServer
import TopLists

/// Chooses a format by an `Accept` header (RFC 9110, section 12.5.1).
enum AcceptHeader {
    /// The format with the highest weight; if several have it, the one that comes first here.
    ///
    /// Returns JSON if no format is acceptable, because any response is better than none.
    static func format(_ header: String?) -> ListFormat {
        guard let header, header != "*/*" else { return .json }
        let ranges = QualityList(header)
        var (best, most) = (ListFormat.json, 0.0)
        for format in ListFormat.allCases {
            // The most specific range that matches the type decides.
            let weight = ranges.weight(ofFirst: format.mediaRanges) ?? 0
            if weight > most { (best, most) = (format, weight) }
        }
        return best
    }
}
