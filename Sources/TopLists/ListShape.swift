/// Which columns lists are stored with, and how rows of those that are wanted look: made once for many lists.
package final class ListShape: Sendable {
    /// The stored columns, in order.
    let stored: [ListColumn]
    /// The first record of what is stored, as it is written.
    let header: [UInt8]
    let plain: PlainRecord
    private let csv: RowStyle
    private let json: RowStyle

    /// `wanted` are the titles of the columns to show, in order.
    ///
    /// One that is not stored is empty in CSV and null in JSON.
    package init(stored: [ListColumn], wanted: [String]) {
        self.stored = stored
        var header: [UInt8] = []
        CSV.append(header: stored.map(\.name), to: &header)
        self.header = header
        plain = PlainRecord(stored)
        csv = RowStyle(RowLayout(.csv, stored: stored, wanted: wanted))
        json = RowStyle(RowLayout(.json, stored: stored, wanted: wanted))
    }

    func style(_ format: ListFormat) -> RowStyle { format == .csv ? csv : json }
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
