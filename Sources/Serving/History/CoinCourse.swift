import Archive
import Basics
import Blocks
import TopLists

/// What became of a coin, minute by minute or step by step.
struct CoinCourse {
    /// How a step of several rows becomes one.
    enum Aggregation: String, CaseIterable {
        /// Its last row.
        case last
        /// The first, highest, lowest and last price, and the last rank.
        case ohlc
    }

    /// One row of the answer.
    enum Row: Equatable {
        /// Cells as they are stored; nil where the list has no such column.
        case cells(Minute, [[UInt8]?])
        case gap(Minute, String)
    }

    let range: HistoryRange
    let aggregation: Aggregation
    /// No row of an answer is behind this many.
    let limit: Int

    private(set) var rows: [Row] = []
    /// Of the step that is not over.
    private var step: (start: Minute, cells: [[[UInt8]?]], gap: String)?
    /// Where the next answer begins; nil while there is room.
    private(set) var next: Minute?

    /// In every column the place of the price, and of the rank, in the cells that are taken.
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
            // Only what an aggregation needs is kept.
            if aggregation == .last { step?.cells = [cells] } else { step?.cells.append(cells) }
        } else if step?.cells.isEmpty == true {
            step?.gap = gap()
        }
    }

    /// To be called behind the last minute.
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

    /// Of cells that are a price and a rank.
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
