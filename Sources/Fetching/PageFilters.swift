import Basics
package import JQ

/// The filters that are applied to a page, and their results.
package struct PageFilters: Sendable {
    let rows: JQProgram
    let failure: JQProgram?
    let total: JQProgram?
    let items: JQProgram?
    let asOf: JQProgram?

    /// `failure` extracts an error's message, `total` and `items` count items, `asOf` finds the time of the page.
    package init(
        rows: JQProgram, failure: JQProgram? = nil, total: JQProgram? = nil, items: JQProgram? = nil,
        asOf: JQProgram? = nil
    ) {
        self.rows = rows
        self.failure = failure
        self.total = total
        self.items = items
        self.asOf = asOf
    }

    enum Reading: Sendable {
        case page(Page)
        /// The body describes an error, whatever the status; or only the status says so, and the verdict is nil.
        case failure(Verdict?)
    }

    /// What the `failure` filter found in an error's body.
    struct Verdict: Equatable, Sendable {
        var message = ""
        var mayRetry = true
        /// How long the provider is not to be called.
        var wait: Duration?
    }

    struct Page: Sendable {
        let rows: JQRows
        let items: Int
        let total: Int?
        /// The provider's timestamp of the page.
        var asOf: Timestamp?
        /// How long a rate limit stays exhausted that this page has exhausted.
        var usedUpFor: Duration?
    }

    /// Checks for an error first, because the body of an error has no rows, and the row filter's failure would hide the message.
    func read(_ document: JQReader, isError: Bool) async throws(JQError) -> Reading {
        if let failure, let verdict = try await document.firstObject(failure) {
            let wait = verdict["wait"].flatMap { Double($0) }.map { Duration.seconds(min(max(0, $0), 86_400)) }
            return .failure(
                Verdict(message: verdict["message"] ?? "", mayRetry: verdict["action"] != "stop", wait: wait))
        }
        if isError { return .failure(nil) }
        let found = try await document.rows(rows)
        var count: Int?
        if let items { count = try await document.firstCount(items) }
        var all: Int?
        if let total { all = try await document.firstCount(total) }
        return .page(Page(rows: found, items: count ?? found.count, total: all, asOf: try await time(document)))
    }

    /// Seconds or milliseconds since 1970, or RFC 3339; nil if it cannot be read, which does not affect the rows.
    private func time(_ document: JQReader) async throws(JQError) -> Timestamp? {
        guard let asOf, let text = try await document.firstText(asOf) else { return nil }
        guard let number = Double(text) else { return Timestamp(rfc3339: text) }
        guard (0...1e14).contains(number) else { return nil }
        return Timestamp(milliseconds: Int64(number < 1e11 ? number * 1000 : number))
    }
}
