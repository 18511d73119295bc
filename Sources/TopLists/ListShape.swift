/// Which columns lists are stored with, and how rows of those that are wanted look: made once for many lists.
package final class ListShape: Sendable {
    /// The stored columns, in order.
    let stored: [ListColumn]
    /// The first record of what is stored, as it is written.
    let header: [UInt8]
    let plain: PlainRecord
    /// Of each format.
    private let styles: [RowStyle]

    /// `wanted` are the titles of the columns to show, in order.
    ///
    /// One that is not stored is empty in CSV and null in JSON.
    package init(stored: [ListColumn], wanted: [String]) {
        self.stored = stored
        var header: [UInt8] = []
        CSV.append(header: stored.map(\.name), to: &header)
        self.header = header
        plain = PlainRecord(stored)
        styles = ListFormat.allCases.map { RowStyle(RowLayout($0, stored: stored, wanted: wanted)) }
    }

    func style(_ format: ListFormat) -> RowStyle { styles[format.rawValue] }
}

/// All that a format's rows are written by.
struct RowStyle {
    let layout: RowLayout
    let template: RowTemplate

    init(_ layout: RowLayout) {
        self.layout = layout
        template = RowTemplate(layout)
    }
}
