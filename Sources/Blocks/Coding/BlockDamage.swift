/// Bytes that are not a block, or not the block that they were.
package struct BlockDamage: Error, Equatable, CustomStringConvertible {
    /// In words: which part, and what is wrong with it.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
