import TopLists

/// Cells of rows, column by column, one behind the other.
struct Cells {
    private var bytes: [UInt8] = []
    private var places: [Range<Int>] = []

    mutating func append(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        places.append(start..<bytes.count)
    }

    mutating func repeatLast(_ count: Int) {
        guard let last = places.last else { return }
        places.append(contentsOf: repeatElement(last, count: count))
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    /// Appends so many rows as CSV; `row` gets the number of each and where it stands then.
    func append(rows: Int, to csv: inout [UInt8], _ row: (Int, Range<Int>) -> Void) {
        guard rows > 0 else { return }
        let width = places.count / rows
        let first = csv.count
        // Commas and the end of the line; a row without cells, of damaged columns, has its end alone.
        let size = places.reduce(rows * (max(1, width) + 1)) { $0 + $1.count }
        csv.append(addingCapacity: size) { output in
            output.withUnsafeMutableBufferPointer { output, end in
                bytes.withUnsafeBufferPointer { bytes in
                    for number in 0..<rows {
                        let start = end
                        for column in 0..<width {
                            if column > 0 {
                                output[end] = UInt8(ascii: ",")
                                end += 1
                            }
                            let room = UnsafeMutableBufferPointer(rebasing: output[end...])
                            end += room.update(fromContentsOf: bytes[places[column * rows + number]])
                        }
                        (output[end], output[end + 1]) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
                        end += 2
                        row(number, first + start..<first + end)
                    }
                }
            }
        }
    }
}
