/// The columns with which lists are stored, and the layout of rows with the wanted columns; shared by many lists.
package final class ListShape: Sendable {
    /// The stored columns, in order.
    let stored: [ListColumn]
    /// The first stored record, as written.
    let header: [UInt8]
    let plain: PlainRecord
    /// One for each format.
    private let styles: [RowStyle]

    /// `wanted` are the titles of the columns to output, in order.
    ///
    /// A column that is not stored is empty in CSV and null in JSON.
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

/// How a format's rows are written.
struct RowStyle {
    let layout: RowLayout
    let template: RowTemplate

    init(_ layout: RowLayout) {
        self.layout = layout
        template = RowTemplate(layout)
    }
}
