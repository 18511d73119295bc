import Basics
import HTTPTypes

/// What a client already has, by its own word (RFC 9110, section 13.1).
struct RequestConditions {
    var ifNoneMatch: String?
    /// Counts only without `If-None-Match`.
    var ifModifiedSince: String?

    /// Whether that is still right; `now` is only for dates whose year has two digits.
    func areMet(byTag tag: String, modified: Timestamp?, now: Timestamp) -> Bool {
        if let ifNoneMatch { return Self.list(ifNoneMatch, has: tag) }
        guard let modified, let date = ifModifiedSince.flatMap({ Timestamp(httpDate: $0, now: now) }) else {
            return false
        }
        return modified <= date
    }

    /// Weak comparison: a `W/` in front does not matter.
    ///
    /// A comma may stand inside a tag, so the list is read tag by tag. What is no list of tags has none.
    private static func list(_ header: String, has tag: String) -> Bool {
        if header.trimmingPrefix(/[ \t]+/) == "*" { return true }
        var rest = header[...]
        while let match = rest.prefixMatch(of: /[ \t,]*(?:W\/)?("[^"]*")[ \t]*(?=,|$)/) {
            if match.1 == tag { return true }
            rest = rest[match.range.upperBound...]
        }
        return false
    }
}

extension RequestConditions {
    init(_ headers: HTTPFields) {
        self.init(ifNoneMatch: headers[.ifNoneMatch], ifModifiedSince: headers[.ifModifiedSince])
    }
}
