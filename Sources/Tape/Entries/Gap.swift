/// Why a minute has no rows: a short code for machines, words for people.
package struct Gap: Error, Equatable, Sendable {
    /// The codes that cointape writes; an entry of another hand may have any other.
    package enum Code: String, Sendable {
        /// The provider could not be reached, or its answers were errors, until the time was up.
        case upstream
        /// The provider answered that asking again is useless before somebody mends something.
        case stopped
        /// The answer was not what the filter was written for, or had no rows.
        case badPayload = "bad-payload"
        /// Nobody published the minute in time.
        case noEntry = "no-entry"
        /// The minute was begun several times, and none who began it lived to end it.
        case poison
        /// The entry was made, and Redis did not take it until the time was up.
        case unpublished
    }

    /// The value of the field `gap`: the raw value of a `Code`, or what another program wrote.
    package let code: String
    /// The code if it is one of ours: a label of a metric, which must have few values.
    var label: String { Code(rawValue: code) == nil ? "other" : code }
    /// For people; at most 500 characters, without control characters.
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.init(code: code.rawValue, detail: detail)
    }

    /// The detail is cut, and control characters in it become spaces: it often quotes a third party.
    package init(code: String, detail: String) {
        self.code = code
        let clean = detail.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        self.detail = String(clean.prefix(500))
    }
}
