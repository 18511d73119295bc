import Basics
import Synchronization

/// Which primary of a cluster has which keys, as far as its nodes have said.
///
/// A key's slot is CRC16 of its hash tag, or of all of it, modulo 16384
/// (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/, "Key distribution model"). Nodes may disagree, for one that
/// is cut off, or has just come back, tells of a cluster as it was. For each slot the primary with the highest configuration epoch counts
/// (the same, "Configuration epoch"), so answers may come from any node and in any order.
struct SlotMap: Sendable {
    /// A primary, and its replicas.
    struct Shard: Equatable, Sendable {
        /// The node's own name for itself; empty if only its address is known (MOVED).
        var id: String
        var epoch: Int64
        var primary: RedisEndpoint.Address
        /// How many replicas the cluster holds for available; nil if that is not known.
        var replicas: Int?
    }

    static let slots = 16_384

    private(set) var shards: [Shard] = []
    /// For each slot the index of its shard; `nobody` if no node has it.
    private var owners = [UInt16](repeating: Self.nobody, count: Self.slots)
    private static let nobody = UInt16.max

    /// Of no shards.
    init() {}

    /// Returns nil if there are more shards than slots; each range has the index of its shard.
    init?(_ shards: [Shard], _ ranges: [(slots: ClosedRange<Int>, shard: Int)]) {
        guard shards.count <= Self.slots else { return nil }
        self.shards = shards
        for (slots, shard) in ranges { for slot in slots { owners[slot] = UInt16(shard) } }
    }

    /// The index of a slot's shard; nil if no node has it.
    func shard(of slot: Int) -> Int? {
        let owner = owners[slot]
        return owner == Self.nobody ? nil : Int(owner)
    }

    func primary(of slot: Int) -> RedisEndpoint.Address? { shard(of: slot).map { shards[$0].primary } }

    /// Takes over what a node said of one slot (MOVED); returns false if it was known.
    ///
    /// Counts until an answer with a higher epoch, which that of a node that gets a slot mostly is.
    mutating func move(_ slot: Int, to address: RedisEndpoint.Address) -> Bool {
        let old = shard(of: slot)
        guard primary(of: slot) != address else { return false }
        let known = shards.firstIndex { $0.primary == address }
        let new = known ?? append(Shard(id: "", epoch: old.map { shards[$0].epoch } ?? -1, primary: address))
        guard let new else { return false }
        owners[slot] = UInt16(new)
        return true
    }

    /// Takes over what the node `id` answered; returns whether a slot has another primary than before.
    ///
    /// What a node does not say of itself is not so, and a shard whose id is `gone` has no claim: then any other one counts.
    mutating func merge(_ answer: SlotMap, from id: String, gone: (String) -> Bool) -> Bool {
        let isGone = shards.map { $0.id == id || gone($0.id) }
        let before = shards.map(\.epoch)
        var own: [Int?] = []
        var hasChanged = false
        for shard in answer.shards {
            guard let known = shards.firstIndex(where: { $0.id == shard.id }) else {
                own.append(append(shard))
                continue
            }
            own.append(known)
            guard shard.epoch >= shards[known].epoch || shard.id == id else { continue }
            hasChanged = hasChanged || shard.primary != shards[known].primary
            shards[known] = shard
        }
        for slot in 0..<Self.slots {
            let old = self.shard(of: slot)
            guard let theirs = answer.shard(of: slot), let new = own[theirs] else {
                if let old, shards[old].id == id {
                    owners[slot] = Self.nobody
                    hasChanged = true
                }
                continue
            }
            guard new != old else { continue }
            // Who knows more of the old owner than was known, and gives its slot to another, is right too.
            if let old, !isGone[old], answer.shards[theirs].epoch <= before[old], shards[old].epoch <= before[old] {
                continue
            }
            hasChanged = hasChanged || old.map { shards[$0].primary } != shards[new].primary
            owners[slot] = UInt16(new)
        }
        dropEmptyShards()
        return hasChanged
    }

    /// Returns nil if there are as many shards as a cluster can have.
    private mutating func append(_ shard: Shard) -> Int? {
        guard shards.count < Self.slots else { return nil }
        shards.append(shard)
        return shards.count - 1
    }

    private mutating func dropEmptyShards() {
        var isUsed = [Bool](repeating: false, count: shards.count)
        for owner in owners where owner != Self.nobody { isUsed[Int(owner)] = true }
        guard isUsed.contains(false) else { return }
        var places: [UInt16] = []
        var used: UInt16 = 0
        for isUsed in isUsed {
            places.append(used)
            if isUsed { used += 1 }
        }
        for slot in 0..<Self.slots where owners[slot] != Self.nobody { owners[slot] = places[Int(owners[slot])] }
        shards = zip(shards, isUsed).filter(\.1).map(\.0)
    }

    // MARK: Slots of keys

    /// The slot of a key.
    static func slot(of key: some Collection<UInt8>) -> Int {
        // CRC-16/XMODEM: polynomial 0x1021, from 0.
        let table = Self.table
        let crc = hashTag(of: key).reduce(UInt16(0)) { crc, byte in crc << 8 ^ table[Int(UInt8(crc >> 8) ^ byte)] }
        return Int(crc % UInt16(slots))
    }

    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }

    /// What stands between the first `{` and the next `}`, unless it is empty; else the whole key.
    private static func hashTag<Key: Collection<UInt8>>(of key: Key) -> Key.SubSequence {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return key[...] }
        let rest = key[key.index(after: open)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex else { return key[...] }
        return rest[..<close]
    }

    /// A hash tag whose keys have the slot.
    static func tag(of slot: Int) -> String {
        tags.withLock { tags in
            if let known = tags[slot] { return known }
            // Among the first 200,000 numbers there is one for every slot.
            let number = (0...).first { Self.slot(of: "\($0)".utf8) == slot } ?? 0
            tags[slot] = ":{\(number)}"
            return ":{\(number)}"
        }
    }

    private static let tags = Mutex<[Int: String]>([:])
}

extension SlotMap {
    /// The slots that another map has at another address, in words for each pair of servers, such as
    /// `slots 0-5460 were at 10.0.0.7:6379`, with the server that has them now.
    func moves(since old: SlotMap) -> [(now: RedisEndpoint.Address, words: String)] {
        struct Pair: Hashable { let old: Int?, new: Int }
        var moved: [Pair: [ClosedRange<Int>]] = [:]
        for slot in 0..<Self.slots {
            guard let new = shard(of: slot), old.primary(of: slot) != shards[new].primary else { continue }
            let pair = Pair(old: old.shard(of: slot), new: new)
            var ranges = moved.removeValue(forKey: pair) ?? []
            if let last = ranges.last, last.upperBound == slot - 1 {
                ranges[ranges.count - 1] = last.lowerBound...slot
            } else {
                ranges.append(slot...slot)
            }
            moved[pair] = ranges
        }
        return moved.sorted { $0.value[0].lowerBound < $1.value[0].lowerBound }.map { pair, ranges in
            let count = ranges.reduce(0) { $0 + $1.count }
            let shown = ranges.prefix(3).map {
                $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
            }
            let rest = ranges.count > shown.count ? " and others, \(count) in all," : ""
            let place = pair.old.map { "at \(RedisEndpoint(address: old.shards[$0].primary))" } ?? "nowhere"
            let (noun, verb) = count == 1 ? ("slot", "was") : ("slots", "were")
            return (shards[pair.new].primary, "\(noun) \(shown.joined(separator: ", "))\(rest) \(verb) \(place)")
        }
    }
}
