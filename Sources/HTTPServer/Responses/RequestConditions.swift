package import Basics
import HTTPTypes

/// What a client has already, as it says (RFC 9110, section 13.1).
package struct RequestConditions: Sendable {
    private let ifNoneMatch: String?
    /// Counts only without `If-None-Match`.
    private let ifModifiedSince: String?

    package init(ifNoneMatch: String? = nil, ifModifiedSince: String? = nil) {
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
    }

    package init(_ request: Request) {
        self.init(ifNoneMatch: request[.ifNoneMatch], ifModifiedSince: request[.ifModifiedSince])
    }

    package var isEmpty: Bool { ifNoneMatch == nil && ifModifiedSince == nil }

    /// Whether that is still right; `now` is only for dates whose year has two digits.
    package func areMet(byTag tag: String, modified: Timestamp?, now: Timestamp) -> Bool {
        if let ifNoneMatch { return Self.list(ifNoneMatch, has: tag) }
        guard let modified, let date = ifModifiedSince.flatMap({ Timestamp(httpDate: $0, now: now) }) else {
            return false
        }
        return modified <= date
    }

    /// Weak comparison: a `W/` in front does not matter.
    ///
    /// A comma may stand inside a tag, so the list is read tag by tag. An invalid list matches nothing.
    private static func list(_ header: String, has tag: String) -> Bool {
        var (header, tag) = (header, tag)
        return header.withUTF8 { header in
            tag.withUTF8 { list(header, has: UnsafeBufferPointer(rebasing: $0.dropFirst().dropLast())) }
        }
    }

    private static func list(_ header: UnsafeBufferPointer<UInt8>, has value: UnsafeBufferPointer<UInt8>) -> Bool {
        let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
        var place = 0
        func skip(_ isSkipped: (UInt8) -> Bool) { while place < header.count, isSkipped(header[place]) { place += 1 } }
        func take(_ byte: UInt8) -> Bool {
            guard place < header.count, header[place] == byte else { return false }
            place += 1
            return true
        }
        skip(isBlank)
        if take(UInt8(ascii: "*")) { return place == header.count }
        while true {
            skip { isBlank($0) || $0 == comma }
            if take(UInt8(ascii: "W")), !take(UInt8(ascii: "/")) { return false }
            guard take(quote) else { return false }
            let start = place
            skip { $0 != quote }
            let length = place - start
            guard take(quote) else { return false }
            skip(isBlank)
            guard place == header.count || header[place] == comma else { return false }
            if length == value.count, header[start..<start + length].elementsEqual(value) { return true }
        }
    }
}
