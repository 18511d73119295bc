/// Up to where a filter may go; what goes beyond ends the filter, and never the process that asked for it.
package struct JQBounds: Equatable, Sendable {
    /// Bytes that a document and the filters on it may take together.
    package var memory: Int
    /// Bytes of all rows of a document.
    package var rowBytes = 128_000_000

    /// More rows than this are taken for a filter that does not end.
    static let rows = 1_000_000
    /// Nobody has more items; sums of counts stay far from overflow.
    static let items = 1_000_000_000_000
    /// Bytes of an object's names and values as texts.
    static let objectBytes = 1_000_000
    /// Bytes of a text; what is longer is cut, as it is neither a time nor a number.
    static let textBytes = 40_000

    package init(memory: Int) {
        self.memory = memory
    }

    /// Room for documents of up to so many bytes.
    ///
    /// A list of coins takes 5 times its size when it is parsed, and a filter that sorts or groups it hardly more.
    package init(documentsOf bytes: Int) {
        memory = 256_000_000 + 8 * bytes
    }
}
