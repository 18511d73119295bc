package import NIOCore

/// A list's first rows in one format; any smaller number of rows is a prefix of the bytes.
package struct RenderedRows: Sendable {
    package let format: ListFormat
    /// Includes the header; for an array, everything except its closing bracket.
    package let bytes: ByteBuffer
    /// Where each row ends: the first `ends[n]` bytes contain the opening and n rows.
    package let ends: [UInt32]

    /// The number of rows: `ends` has one more element.
    package var count: Int { ends.count - 1 }
}
