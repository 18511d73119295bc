import Basics
import TopLists

/// What is fetched of a past list at once: a few more rows than are asked for, so that who asks for about as many shares them.
struct ListPart: Hashable, Sendable {
    let minute: Minute
    let format: ListFormat
    /// nil for all, however many there are.
    let rows: Int?

    private static let steps = [100, 200, 500, 1000]

    init(_ minute: Minute, _ query: ListQuery) {
        self.minute = minute
        format = query.format
        rows = Self.steps.first { query.limit <= $0 }
    }

    /// Whether it is fetched and rendered so fast that nothing else on an event loop or a connection has to wait for it.
    var isSmall: Bool { rows != nil }
}
