import Archive
import Basics
import Blocks
import TopLists

/// The history of a coin: one row for each minute or step.
struct CoinHistory {
    /// How the rows of a step are combined into one.
    enum Aggregation: String, CaseIterable {
        /// The step's last row.
        case last
        /// The first, highest, lowest and last price, and the last rank.
        case ohlc
    }

    /// One row of the response.
    enum Row: Equatable {
        /// Cells as stored; nil if the list has no such column.
        case cells(Minute, [[UInt8]?])
        case gap(Minute, String)
    }

    let range: HistoryRange
    let aggregation: Aggregation
    /// The maximum number of rows in a response.
    let limit: Int

    private(set) var rows: [Row] = []
    /// The current step.
    private var step: (start: Minute, cells: [[[UInt8]?]], gap: String)?
    /// Where the next response must begin; nil if the limit is not reached.
    private(set) var next: Minute?

    /// For `ohlc`, the cells must be a price and a rank.
    init(_ range: HistoryRange, _ aggregation: Aggregation, limit: Int) {
        (self.range, self.aggregation, self.limit) = (range, aggregation, limit)
    }

    /// Takes the next minute: its cells, or the code of a gap.
    mutating func take(_ minute: Minute, _ cells: [[UInt8]?]?, gap: @autoclosure () -> String) {
        guard next == nil else { return }
        let start = range.start(of: minute)
        if step?.start != start {
            closeStep()
            guard rows.count < limit else {
                next = start
                return
            }
            step = (start, [], "")
        }
        if let cells {
            // Keeps only what the aggregation needs.
            if aggregation == .last { step?.cells = [cells] } else { step?.cells.append(cells) }
        } else if step?.cells.isEmpty == true {
            step?.gap = gap()
        }
    }

    /// Must be called after the last minute.
    mutating func finish() {
        if next == nil { closeStep() }
    }

    private mutating func closeStep() {
        guard let step else { return }
        self.step = nil
        guard let last = step.cells.last else {
            rows.append(.gap(step.start, step.gap))
            return
        }
        rows.append(.cells(step.start, aggregation == .last ? last : ohlc(step.cells, last)))
    }

    /// Combines cells that are a price and a rank.
    private func ohlc(_ cells: [[[UInt8]?]], _ last: [[UInt8]?]) -> [[UInt8]?] {
        let prices = cells.compactMap { cells in
            cells[0].flatMap { text in
                Double(String(decoding: text, as: UTF8.self)).map { (text: text, value: $0) }
            }
        }
        let high = prices.max { $0.value < $1.value }?.text
        let low = prices.min { $0.value < $1.value }?.text
        return [prices.first?.text, high, low, prices.last?.text, last[1]]
    }
}
