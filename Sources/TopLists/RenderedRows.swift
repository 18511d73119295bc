package import NIOCore

/// A list's first rows in one format, so that any smaller number of them are the first bytes.
package struct RenderedRows: Sendable {
    package let format: ListFormat
    /// With the header; of an array all but its closing bracket.
    package let bytes: ByteBuffer
    /// Where each row ends: `ends[n]` bytes are what stands in front, and n rows.
    package let ends: [UInt32]

    /// How many rows there are: `ends` has one element more.
    package var count: Int { ends.count - 1 }
}
