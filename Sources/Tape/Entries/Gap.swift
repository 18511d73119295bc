/// Why a minute has no rows: a short code for programs, and words for people.
package struct Gap: Error, Equatable, Sendable {
    /// The codes that cointape writes; other programs' entries may have others.
    package enum Code: String, Sendable {
        /// The provider could not be reached, or returned errors, until the time was up.
        case upstream
        /// The provider's answer means that retrying is useless until somebody fixes something.
        case stopped
        /// The response did not have the form that the filter expects, or had no rows.
        case badPayload = "bad-payload"
        /// The provider's data was older than the config allows.
        case tooOld = "too-old"
        /// The rest of the provider's plan does not pay for the list.
        case budget
        /// Nobody published the minute in time.
        case noEntry = "no-entry"
        /// The minute was begun several times, and every process that began it died.
        case poison
        /// The entry was made, but Redis did not accept it until the time was up.
        case unpublished
    }

    /// The value of the field `gap`: the raw value of a `Code`, or what another program wrote.
    package let code: String
    /// The code if cointape defines it, otherwise `other`: a metric's label must have few values.
    var label: String { Code(rawValue: code) == nil ? "other" : code }
    /// For people; at most 500 characters, without control characters.
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.init(code: code.rawValue, detail: detail)
    }

    /// The detail is cut, and control characters in it become spaces, because it often quotes a third party.
    package init(code: String, detail: String) {
        self.code = code
        let clean = detail.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        self.detail = String(clean.prefix(500))
    }
}
