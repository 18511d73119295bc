/// Limits of a filter; exceeding them ends the filter, but never the process that runs it.
package struct JQBounds: Equatable, Sendable {
    /// The bytes that a document and its filters may use together.
    package var memory: Int
    /// Bytes of all rows of a document.
    package var rowBytes = 128_000_000

    /// A filter with more rows than this is assumed not to end.
    static let rows = 1_000_000
    /// No list has more items; sums of counts stay far from overflow.
    static let items = 1_000_000_000_000
    /// Bytes of an object's names and values as texts.
    static let objectBytes = 1_000_000
    /// Bytes of a text; a longer one is cut, because it is neither a time nor a number.
    static let textBytes = 40_000

    package init(memory: Int) {
        self.memory = memory
    }

    /// Enough for documents of up to this many bytes.
    ///
    /// A parsed list of coins takes 5 times its size, and a filter that sorts or groups it hardly more.
    package init(documentsOf bytes: Int) {
        memory = 256_000_000 + 8 * bytes
    }
}
