package import Redis
package import Tape

/// What orders need from their Redis, by task.
extension [RedisNeed] {
    /// For an api, in the ledger's Redis.
    package static func placing(_ keys: TapeKeys, _ acknowledgement: Acknowledgement?) -> [RedisNeed] {
        reading(keys.ledger) + Self("XADD", on: keys.ledger) + Self("HGET", "HLEN", "HMGET", "HSET", on: keys.seen)
            + Self("GET", "SET", "DEL", on: keys.missing) + confirming(keys, acknowledgement)
    }

    /// For an api, in the read model's Redis; `currencies` are those that the ledger takes.
    package static func showing(
        _ keys: TapeKeys, _ currencies: [Currency] = LedgerTerms.standard.currencies
    ) -> [RedisNeed] {
        let model = ReadModelKeys(keys)
        return .scripts + Self("HMGET", "HGETALL", on: model.statistics)
            + model.streams(currencies).flatMap { Self("XREVRANGE", on: $0, pattern: model.pattern) }
    }

    /// For a project worker, in the ledger's Redis.
    package static func following(_ keys: TapeKeys, _ acknowledgement: Acknowledgement?) -> [RedisNeed] {
        reading(keys.ledger) + confirming(keys, acknowledgement)
    }

    /// For a project worker, in the read model's Redis: `project.lua`.
    package static func folding(
        _ keys: TapeKeys, _ currencies: [Currency] = LedgerTerms.standard.currencies
    ) -> [RedisNeed] {
        let model = ReadModelKeys(keys)
        return .scripts + Self("HGETALL", "TYPE", "HMGET", "HGET", "HSET", on: model.statistics)
            + model.streams(currencies).flatMap { Self("TYPE", "XINFO STREAM", "XADD", on: $0, pattern: model.pattern) }
    }

    /// For an api, in the Redis of `orders.witness`: `keep_witness.lua`.
    package static func witnessing(_ keys: TapeKeys) -> [RedisNeed] {
        .scripts + Self("GET", "SET", on: keys.witness)
    }

    /// For `confirm.lua`, and the wait after it.
    private static func confirming(_ keys: TapeKeys, _ acknowledgement: Acknowledgement?) -> [RedisNeed] {
        guard let wait = acknowledgement?.command else { return [] }
        return .scripts + Self("XRANGE", on: keys.ledger) + Self("SET", on: keys.confirmed) + [RedisNeed(wait.name)]
    }

    /// For the commands `cointape orders open`, `currencies`, `raise`, `repair` and `rebuild`, in addition to what workers need.
    package static func mending(
        _ keys: TapeKeys, _ currencies: [Currency] = LedgerTerms.standard.currencies
    ) -> [RedisNeed] {
        let (live, shadow) = (ReadModelKeys(keys).all(currencies), ReadModelKeys(keys, .rebuild).all(currencies))
        return Self("EXISTS", on: keys.ledger) + Self("EXISTS", on: keys.seen)
            + Self("EXISTS", on: keys.missing)
            + live.flatMap { Self("EXISTS", "UNLINK", "RENAME", on: $0) }
            + shadow.flatMap { Self("EXISTS", "TYPE", "HMGET", "UNLINK", "RENAME", on: $0) }
    }
}

/// What a worker does with orders.
package enum OrdersPart: Sendable {
    /// An api's part.
    case placing
    /// A project worker's part.
    case projecting

    func ledgerNeeds(_ keys: TapeKeys, _ acknowledgement: Acknowledgement?) -> [RedisNeed] {
        switch self {
        case .placing: .placing(keys, acknowledgement)
        case .projecting: .following(keys, acknowledgement)
        }
    }

    func readModelNeeds(_ keys: TapeKeys, _ currencies: [Currency]) -> [RedisNeed] {
        switch self {
        case .placing: .showing(keys, currencies)
        case .projecting: .folding(keys, currencies)
        }
    }
}

extension OrdersSettings {
    /// The rights that the part takes, in each Redis; those for testing whether writing works are among them.
    package func needs(_ keys: TapeKeys, _ part: OrdersPart) -> [RedisNeeds] {
        let probing = [RedisNeed].probing(keys, tag: "{orders}")
        let readModelProbing = part == .projecting ? [RedisNeed].probing(keys, tag: "{read}") : []
        // An api writes a witness.
        let witnesses = part == .placing ? [witnessRedis].compactMap(\.self) : []
        return [
            RedisNeeds(ledger, part.ledgerNeeds(keys, acknowledgement) + probing),
            RedisNeeds(
                readModel, part.readModelNeeds(keys, LedgerTerms.standard.currencies) + readModelProbing),
        ] + witnesses.map { RedisNeeds($0, .witnessing(keys) + probing) }
    }
}
