/// Where the bytes of a block are.
package protocol BlockSource: Sendable {
    /// In bytes.
    var size: Int { get }

    /// The bytes of each range, all of which lie within the size; may join ranges that are near each other.
    ///
    /// Throws `BlockDamage` where there are fewer bytes than the size promises.
    func read(_ ranges: [Range<Int>]) async throws -> [[UInt8]]

    /// False once another file has taken the block's place, as far as that shows without asking anybody.
    var isCurrent: Bool { get }
}

extension BlockSource {
    package var isCurrent: Bool { true }
}

/// A block that is in memory.
package struct BlockInMemory: BlockSource {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var size: Int { bytes.count }

    package func read(_ ranges: [Range<Int>]) -> [[UInt8]] { ranges.map { Array(bytes[$0]) } }
}
