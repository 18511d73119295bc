import Basics

extension BlockContents {
    /// The bytes of the block.
    package var bytes: [UInt8] {
        // Sorted by the best row, so that the first rows of any list are in the first coins.
        let order = coins.sorted { ($0.value.best, $0.key) < ($1.value.best, $1.key) }
        var (directory, chunks): ([UInt8], [UInt8]) = ([], [])
        chunks.reserveCapacity(order.reduce(0) { $0 + $1.value.chunks.reduce(0) { $0 + $1.count } })
        var groups: [(directory: Int, chunks: Int)] = []
        for start in stride(from: 0, to: order.count, by: Outline.groupSize) {
            let group = order[start..<min(order.count, start + Outline.groupSize)]
            let part = CRC32.sealed(group.reduce(into: []) { append($1.value, to: &$0) })
            let length = chunks.count
            for (_, coin) in group { for chunk in coin.chunks { chunks += chunk } }
            directory += part
            groups.append((part.count, chunks.count - length))
        }
        let outline = outline(order.map(\.key), groups)
        let parts = segments.reduce(into: []) { $0 += $1.minutes }
        let raw = segments.reduce(into: []) { $0 += $1.raw }
        let head = BlockHead(
            first: first, minutes: minutes, outline: outline, minutesParts: parts.count, directory: directory.count,
            raw: raw.count, chunks: chunks.count)
        return head.bytes + outline + parts + directory + raw + chunks
    }

    /// Appends a coin's entry in the directory: its best row, the length of each segment's chunk, and for each text column the
    /// number of its labels, and for each label the minute from which it holds, as the difference from the previous one, and the
    /// text.
    private func append(_ coin: Coin, to bytes: inout [UInt8]) {
        bytes.append(number: coin.best)
        for index in segments.indices { bytes.append(number: index < coin.chunks.count ? coin.chunks[index].count : 0) }
        for column in labelNames.indices {
            let labels = column < coin.labels.count ? coin.labels[column] : []
            bytes.append(number: labels.count)
            var minute = 0
            for label in labels {
                bytes.append(number: label.minute - minute)
                bytes.append(text: label.text)
                minute = label.minute
            }
        }
    }

    private func outline(_ keysByPlace: [Int64], _ groups: [(directory: Int, chunks: Int)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: layouts.count)
        for layout in layouts {
            bytes.append(text: layout.json)
            bytes.append(number: (layout.key ?? -1) + 1)
            bytes.append(number: layout.fields.count)
            for field in layout.fields { bytes.append(text: field.utf8) }
        }
        bytes.append(number: labelNames.count)
        for name in labelNames { bytes.append(text: name.utf8) }
        bytes.append(number: segments.count)
        for segment in segments {
            bytes.append(number: segment.kinds.count)
            bytes.append(number: (segment.layout ?? -1) + 1)
            bytes.append(number: (segment.order ?? -1) + 1)
            var kinds = [UInt8](repeating: 0, count: (segment.kinds.count + 3) / 4)
            for (index, kind) in segment.kinds.enumerated() {
                kinds[index / 4] |= kind.rawValue << UInt8(index % 4 * 2)
            }
            bytes += kinds
            bytes.append(number: segment.minutes.count)
            bytes.append(number: segment.raw.count)
        }
        bytes.append(number: keysByPlace.count)
        let byKey = keysByPlace.enumerated().sorted { $0.element < $1.element }
        var last: Int64 = 0
        for (_, key) in byKey {
            bytes.append(number: Int(key - last))
            last = key
        }
        var places = BitWriter()
        let width = Outline.placeWidth(keysByPlace.count)
        for (place, _) in byKey { places.write(UInt64(place), width) }
        bytes += places.finish()
        for group in groups {
            bytes.append(number: group.directory)
            bytes.append(number: group.chunks)
        }
        return bytes
    }
}
