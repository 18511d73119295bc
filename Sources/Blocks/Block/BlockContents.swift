package import Basics
import TopLists

/// The encoded contents of a block, which can be written to bytes, or read from them.
///
/// The chunks of a coin do not depend on their block: a day's chunks are those of its hours, concatenated.
package struct BlockContents {
    package var first: Minute
    var layouts: [Layout] = []
    /// The titles of all text columns.
    var labelNames: [String] = []
    /// Consecutive, without minutes in between.
    var segments: [Segment] = []
    var coins: [Int64: Coin] = [:]

    package var minutes: Int { segments.reduce(0) { $0 + $1.kinds.count } }

    init(first: Minute) {
        self.first = first
    }

    /// Encodes consecutive minutes; `key` is the title of the column that identifies a coin.
    package init(first: Minute, _ minutes: [BlockMinute], key: String?) {
        self.init(first: first)
        let layouts = Self.layouts(minutes, key: key)
        var start = 0
        while start < minutes.count {
            let range = Self.segment(from: start, minutes)
            let layout = minutes[range].lazy.compactMap(\.columns).first.flatMap { json in
                layouts.first { $0.json == json }
            }
            append(minutes[range], from: start, layout)
            start = range.upperBound
        }
    }

    /// Appends the contents of the block that follows this one.
    package mutating func append(_ next: BlockContents) {
        let (start, before) = (minutes, segments.count)
        let layouts = next.layouts.map { place(of: $0) }
        let names = next.labelNames.map { place(of: $0) }
        for var segment in next.segments {
            segment.layout = segment.layout.map { layouts[$0] }
            segments.append(segment)
        }
        for (key, coin) in next.coins {
            with(key) { own in
                own.best = min(own.best, coin.best)
                for (index, chunk) in coin.chunks.enumerated() { own.chunks[before + index] = chunk }
                for (labels, column) in zip(coin.labels, names) {
                    for label in labels {
                        own.take(Label(minute: start + label.minute, text: label.text), column: column)
                    }
                }
            }
        }
    }

    private mutating func append(_ minutes: ArraySlice<BlockMinute>, from start: Int, _ layout: Layout?) {
        var (segment, parts) = SegmentEncoder(minutes, layout).encode(minutes)
        segment.layout = layout.map { place(of: $0) }
        segments.append(segment)
        let names = layout.map { layout in layout.texts.map { place(of: layout.columns[$0].name) } } ?? []
        let index = segments.count - 1
        for (key, part) in parts {
            with(key) { coin in
                coin.best = min(coin.best, part.best)
                coin.chunks[index] = part.chunk
                for (labels, column) in zip(part.labels, names) {
                    for label in labels {
                        coin.take(Label(minute: start + label.minute, text: label.text), column: column)
                    }
                }
            }
        }
    }

    /// Changes a coin, after making sure that it has a chunk for each segment and labels for each column.
    private mutating func with(_ key: Int64, _ change: (inout Coin) -> Void) {
        var coin = coins.removeValue(forKey: key) ?? Coin(chunks: [], labels: [])
        while coin.chunks.count < segments.count { coin.chunks.append([]) }
        while coin.labels.count < labelNames.count { coin.labels.append([]) }
        change(&coin)
        coins[key] = coin
    }

    private mutating func place(of layout: Layout) -> Int {
        if let place = layouts.firstIndex(of: layout) { return place }
        layouts.append(layout)
        return layouts.count - 1
    }

    private mutating func place(of name: String) -> Int {
        if let place = labelNames.firstIndex(of: name) { return place }
        labelNames.append(name)
        return labelNames.count - 1
    }

    /// One layout for all lists with the same columns, with all fields of their entries, sorted by name.
    private static func layouts(_ minutes: [BlockMinute], key: String?) -> [Layout] {
        var layouts: [Layout] = []
        for case .list(let list) in minutes {
            let names = list.fields.map(\.name)
            if let place = layouts.firstIndex(where: { $0.json == list.columns }) {
                layouts[place].fields += Set(names).subtracting(layouts[place].fields)
            } else {
                layouts.append(Layout(json: list.columns, key: key))
                layouts[layouts.count - 1].fields = names
            }
        }
        for place in layouts.indices { layouts[place].fields.sort() }
        return layouts
    }

    /// The minutes from `start` on that have the same columns, up to the end of the hour.
    private static func segment(from start: Int, _ minutes: [BlockMinute]) -> Range<Int> {
        let end = min(minutes.count, (start / Segment.mostMinutes + 1) * Segment.mostMinutes)
        var columns: [UInt8]?
        for place in start..<end {
            guard let own = minutes[place].columns else { continue }
            if let columns, columns != own { return start..<place }
            columns = own
        }
        return start..<end
    }
}

extension BlockMinute {
    fileprivate var columns: [UInt8]? {
        if case .list(let list) = self { list.columns } else { nil }
    }
}
