package import JQ

/// The filters that a page goes through, and what comes out.
package struct PageFilters: Sendable {
    let rows: JQProgram
    let failure: JQProgram?
    let total: JQProgram?
    let items: JQProgram?

    package init(rows: JQProgram, failure: JQProgram? = nil, total: JQProgram? = nil, items: JQProgram? = nil) {
        self.rows = rows
        self.failure = failure
        self.total = total
        self.items = items
    }

    enum Reading: Sendable {
        case page(Page)
        /// The body says that it is an error, whatever its status.
        case failure(message: String, mayRetry: Bool)
    }

    struct Page: Sendable {
        let rows: JQDocument.Rows
        let items: Int
        let total: Int?
    }

    /// Judges the body first: an error's body has no rows to look for, and its filter error would hide the message.
    func read(_ document: JQDocument, isError: Bool) throws(JQError) -> Reading {
        if let failure, let verdict = try document.firstObject(failure) {
            return .failure(message: verdict["message"] ?? "", mayRetry: verdict["action"] != "stop")
        }
        if isError { return .failure(message: "", mayRetry: true) }
        let found = try document.rows(rows)
        var count: Int?
        if let items { count = try document.firstCount(items) }
        var all: Int?
        if let total { all = try document.firstCount(total) }
        return .page(Page(rows: found, items: count ?? found.count, total: all))
    }
}
