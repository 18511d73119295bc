/// Bytes that are not a block, or no longer the block that was written.
package struct BlockDamage: Error, Equatable, CustomStringConvertible {
    /// Which part is wrong, and how, in words.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
