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
        var rest = ByteScanner(header)
        _ = rest.take(while: isBlank)
        if rest.take("*") { return rest.isAtEnd }
        while true {
            _ = rest.take { isBlank($0) || $0 == UInt8(ascii: ",") }
            _ = rest.take(text: "W/")
            guard rest.take("\"") else { return false }
            let value = rest.take { $0 != UInt8(ascii: "\"") }
            guard rest.take("\"") else { return false }
            _ = rest.take(while: isBlank)
            guard rest.isAtEnd || rest.next == UInt8(ascii: ",") else { return false }
            if value.count == tag.utf8.count - 2, value.elementsEqual(tag.utf8.dropFirst().dropLast()) { return true }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension RequestConditions {
    init(_ headers: HTTPFields) {
        self.init(ifNoneMatch: headers[.ifNoneMatch], ifModifiedSince: headers[.ifModifiedSince])
    }
}
