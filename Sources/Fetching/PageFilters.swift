import Basics
package import JQ

/// The filters that a page goes through, and what comes out.
package struct PageFilters: Sendable {
    let rows: JQProgram
    let failure: JQProgram?
    let total: JQProgram?
    let items: JQProgram?
    let asOf: JQProgram?

    /// `failure` finds an error's message, `total` and `items` count items, `asOf` finds the time of the page.
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
        /// The body says that it is an error, whatever its status; or the status does, and the body nothing about it.
        case failure(Verdict?)
    }

    /// What an error's body says, by the `failure` filter.
    struct Verdict: Equatable, Sendable {
        var message = ""
        var mayRetry = true
        /// How long the provider is to be left alone.
        var wait: Duration?
    }

    struct Page: Sendable {
        let rows: JQRows
        let items: Int
        let total: Int?
        /// When the provider says that the page is from.
        var asOf: Timestamp?
        /// How long a limit stays used up that this page used up.
        var usedUpFor: Duration?
    }

    /// Judges the body first: an error's body has no rows to look for, and its filter error would hide the message.
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

    /// Seconds or milliseconds since 1970, or RFC 3339; nil for what cannot be read as one, which costs no rows.
    private func time(_ document: JQReader) async throws(JQError) -> Timestamp? {
        guard let asOf, let text = try await document.firstText(asOf) else { return nil }
        guard let number = Double(text) else { return Timestamp(rfc3339: text) }
        guard (0...1e14).contains(number) else { return nil }
        return Timestamp(milliseconds: Int64(number < 1e11 ? number * 1000 : number))
    }
}
