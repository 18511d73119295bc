import Blocks

extension BlockStore {
    /// All blocks that the store lists, with their sizes in bytes; other files are left out.
    func blocks() async throws(StoreError) -> [BlockName: Int] {
        var blocks: [BlockName: Int] = [:]
        for file in try await files(in: "") {
            if let name = BlockName(file: file.name) { blocks[name] = file.size }
        }
        return blocks
    }

    /// All bytes of a block, unchecked; nil if the store does not have it.
    func bytes(of block: BlockName) async throws(StoreError) -> [UInt8]? {
        guard let source = try await open(block.file) else { return nil }
        do {
            return try await source.read([0..<source.size])[0]
        } catch {
            throw error as? StoreError ?? StoreError(.unavailable, "\(name): \(error)")
        }
    }
}

extension Block {
    /// Reads a block's outline; throws `BlockDamage` if it belongs to another hour or day.
    static func open(_ source: any BlockSource, as name: BlockName) async throws -> Block {
        let block = try await open(source)
        guard block.first == name.first, block.minutes == name.minutes else {
            throw BlockDamage("the block is not that of \(name)")
        }
        return block
    }

    /// Decodes a whole block, and compares each list with its digest; throws `BlockDamage` if anything is wrong.
    static func whole(_ bytes: [UInt8], as name: BlockName) async throws -> Block {
        let block = try await open(BlockInMemory(bytes), as: name)
        try await block.verify()
        return block
    }
}
