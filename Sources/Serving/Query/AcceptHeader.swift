import HTTPServer
import TopLists

/// Chooses a format by an `Accept` header (RFC 9110, section 12.5.1).
enum AcceptHeader {
    /// The format that is wanted most; of those that are wanted as much, the one that is preferred here.
    ///
    /// JSON if none is wanted: whoever names nothing that there is had better get something.
    static func format(_ header: String?) -> ListFormat {
        guard let header, header != "*/*" else { return .json }
        let ranges = QualityList(header)
        var (best, most) = (ListFormat.json, 0.0)
        for format in ListFormat.allCases {
            // The most specific range that the type is in decides.
            let weight = ranges.weight(ofFirst: format.mediaRanges) ?? 0
            if weight > most { (best, most) = (format, weight) }
        }
        return best
    }
}
