import Basics
import TopLists

/// A part of a past list that is fetched at once: a few more rows than requested, so that similar requests share it.
struct ListPart: Hashable, Sendable {
    let minute: Minute
    let format: ListFormat
    /// nil for all rows.
    let rows: Int?

    private static let steps = [100, 200, 500, 1000]

    init(_ minute: Minute, _ query: ListQuery) {
        self.minute = minute
        format = query.format
        rows = Self.steps.first { query.limit <= $0 }
    }

    /// Whether fetching and rendering it is too fast to block an event loop or a connection noticeably.
    var isSmall: Bool { rows != nil }
}
