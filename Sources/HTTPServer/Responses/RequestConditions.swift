package import Basics
import HTTPTypes

/// The preconditions of a request that only reads (RFC 9110, section 13).
package struct RequestConditions: Sendable {
    /// The result of the evaluation.
    package enum Verdict: Equatable, Sendable {
        case respond
        /// 304: the client already has it.
        case notModified
        /// 412: it differs from what the client expects.
        case failed
    }

    private let ifMatch: String?
    /// Ignored if there is `If-Match`.
    private let ifUnmodifiedSince: String?
    private let ifNoneMatch: String?
    /// Ignored if there is `If-None-Match`.
    private let ifModifiedSince: String?

    /// The values of the four fields; nil if the request does not have them.
    package init(
        ifMatch: String? = nil, ifUnmodifiedSince: String? = nil, ifNoneMatch: String? = nil,
        ifModifiedSince: String? = nil
    ) {
        self.ifMatch = ifMatch
        self.ifUnmodifiedSince = ifUnmodifiedSince
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
    }

    package init(_ request: Request) {
        // Nearly all requests have none of these, so one pass over the fields is enough.
        guard request.hasField(beginningWith: "if-") else {
            self.init()
            return
        }
        self.init(
            ifMatch: request[.ifMatch], ifUnmodifiedSince: request[.ifUnmodifiedSince],
            ifNoneMatch: request[.ifNoneMatch], ifModifiedSince: request[.ifModifiedSince])
    }

    /// Whether the request has none of the four fields, like most requests.
    package var isEmpty: Bool {
        ifMatch == nil && ifUnmodifiedSince == nil && ifNoneMatch == nil && ifModifiedSince == nil
    }

    /// Evaluates the preconditions in the order of section 13.2.2.
    ///
    /// `tag` is a strong entity tag, quotes included. `now` only completes dates with two-digit years.
    package func verdict(tag: String, modified: Timestamp?, now: Timestamp) -> Verdict {
        func date(_ header: String?) -> Timestamp? { header.flatMap { Timestamp(httpDate: $0, now: now) } }
        if let ifMatch {
            guard Self.list(ifMatch, has: tag, isWeakMatch: false) else { return .failed }
        } else if let modified, let date = date(ifUnmodifiedSince), modified > date {
            return .failed
        }
        if let ifNoneMatch {
            return Self.list(ifNoneMatch, has: tag, isWeakMatch: true) ? .notModified : .respond
        }
        guard let modified, let date = date(ifModifiedSince), modified <= date else { return .respond }
        return .notModified
    }

    /// A weak match ignores `W/` before a tag; otherwise such a tag matches nothing (section 8.8.3.2).
    ///
    /// A tag may contain a comma, so the list is read tag by tag. An invalid list matches nothing.
    private static func list(_ header: String, has tag: String, isWeakMatch: Bool) -> Bool {
        var (header, tag) = (header, tag)
        return header.withUTF8 { header in
            tag.withUTF8 {
                list(header, has: UnsafeBufferPointer(rebasing: $0.dropFirst().dropLast()), isWeakMatch)
            }
        }
    }

    private static func list(
        _ header: UnsafeBufferPointer<UInt8>, has value: UnsafeBufferPointer<UInt8>, _ isWeakMatch: Bool
    ) -> Bool {
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
            let isWeak = take(UInt8(ascii: "W"))
            if isWeak, !take(UInt8(ascii: "/")) { return false }
            guard take(quote) else { return false }
            let start = place
            skip { $0 != quote }
            let length = place - start
            guard take(quote) else { return false }
            skip(isBlank)
            guard place == header.count || header[place] == comma else { return false }
            if isWeakMatch || !isWeak, length == value.count, header[start..<start + length].elementsEqual(value) {
                return true
            }
        }
    }
}
