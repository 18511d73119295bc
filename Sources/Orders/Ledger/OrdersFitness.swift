package import Redis
package import Tape

/// Whether orders can be written, and last, where they are: what is refused, keys that are not what they should be, and
/// what acknowledged orders survive.
package struct OrdersFitness: Equatable, Sendable {
    /// One thing that keeps orders from being written, or from lasting.
    package struct Finding: Equatable, Sendable {
        /// A line for people that names what it is about: `orders`, or `the read model`, and the Redis or key.
        package let what: String
        /// Lines for a shell that mend it, or show more of it.
        package let mend: [String]
    }

    /// Empty if all is well, as far as could be asked.
    package let findings: [Finding]
    /// What could not be asked.
    package let unknown: [String]
    /// Its shortcomings stand in `findings` too, and its unknown settings in `unknown`.
    package let durability: LedgerDurability

    /// Asks both Redis; `worker` names who does, for the probe's key.
    ///
    /// `census` is of this ledger. `places` and `projects` say whether the worker takes orders, and whether it writes the read
    /// model. Throws when there is no connection, or no answer.
    package static func look(
        ledger: RedisClient, readModel: RedisClient, keys: TapeKeys, worker: String,
        census: KeyCensus, acknowledgement: Acknowledgement? = nil, places: Bool, projects: Bool
    ) async throws(RedisError) -> OrdersFitness {
        var look = Look()
        let model = ReadModelKeys(keys)
        let currencies = await Self.currencies(ledger, keys)
        var needs: [RedisNeed] = projects ? .following(keys, acknowledgement) : []
        if places { needs += .placing(keys, acknowledgement) }
        // A project worker alone writes nothing there, unless it confirms.
        let writes = places || acknowledgement?.command != nil
        let probe = WriteProbe(ledger, key: writes ? keys.probe(worker, tag: "{orders}") : nil, needs: needs)
        look.take(try await probe.look(), ledger, "orders")
        needs = projects ? .folding(keys, currencies) : []
        if places { needs += .showing(keys, currencies) }
        let other = WriteProbe(readModel, key: projects ? keys.probe(worker, tag: "{read}") : nil, needs: needs)
        look.take(try await other.look(), readModel, "the read model")
        try await look.keys([.init(keys.ledger, "stream"), .init(keys.seen, "hash")], ledger) { _ in
            ["cointape orders verify"]
        }
        try await look.keys([.init(keys.missing, "string")], ledger) { key in
            ["\(ledger.endpoint.cli) RENAME '\(key)' '\(key).old'", "cointape orders verify"]
        }
        if let mark = try? await ledger.look(RedisCommand("GET", keys.missing)).bytes, WitnessRecord(mark) == nil {
            look.findings.append(
                Finding(
                    what: "orders: the key \(keys.missing), which has all orders refused, is no record of a loss",
                    mend: [
                        "\(ledger.endpoint.cli) RENAME '\(keys.missing)' '\(keys.missing).old'",
                        "cointape orders verify",
                    ]))
        }
        try await look.census(census)
        let expected =
            [KeyFitness.Expected(model.statistics, "hash")]
            + model.streams(currencies).map { .init($0, "stream") }
        try await look.keys(expected, readModel) { key in
            ["\(readModel.endpoint.cli) RENAME '\(key)' '\(key).old'", "cointape orders rebuild"]
        }
        let durability = try await LedgerDurability.look(ledger, acknowledgement: acknowledgement)
        look.take(durability.shortcomings, ledger, "orders")
        if !durability.unknown.isEmpty {
            look.unknown.append(
                "\(ledger.endpoint) refuses CONFIG GET: \(durability.unknown.joined(separator: ", ")), and so what orders survive"
            )
        }
        return OrdersFitness(findings: look.findings, unknown: look.unknown, durability: durability)
    }

    /// Those that the ledger takes; where that cannot be read, those that every ledger had once.
    private static func currencies(_ ledger: RedisClient, _ keys: TapeKeys) async -> [Currency] {
        let history = OrderHistory(readModel: ledger, ledger: ledger, keys: keys, clock: TapeClock())
        return (try? await history.terms())?.currencies ?? LedgerTerms.standard.currencies
    }

    private struct Look {
        var findings: [Finding] = []
        var unknown: [String] = []

        mutating func take(_ shortcomings: [RedisShortcoming], _ redis: RedisClient, _ name: String) {
            for shortcoming in shortcomings {
                let mend = shortcoming.remedy.map { ["\(redis.endpoint.cli) \($0)"] } ?? []
                let finding = Finding(what: "\(name): redis \(redis.endpoint): \(shortcoming.description)", mend: mend)
                if !findings.contains(finding) { findings.append(finding) }
            }
        }

        mutating func census(_ census: KeyCensus) async throws(RedisError) {
            do throws(RedisError) {
                guard let shortfall = try await census.shortfall() else { return }
                findings.append(
                    Finding(
                        what: "orders: the table of seen keys is not whole: \(shortfall)",
                        mend: ["cointape orders repair"]))
            } catch {
                // That a key is of another type has been told.
                guard error.isOutage || error.isDenial else { return }
                guard !error.isOutage else { throw error }
                unknown.append("the ledger's Redis refuses \(error.command): whether the table of seen keys is whole")
            }
        }

        mutating func keys(
            _ expected: [KeyFitness.Expected], _ redis: RedisClient, ofAnotherType mend: (String) -> [String]
        ) async throws(RedisError) {
            do throws(RedisError) {
                for (key, fault) in try await KeyFitness.faults(of: expected, redis) {
                    switch fault {
                    case .type(let type):
                        findings.append(
                            Finding(
                                what: "orders: the key \(key.key) should be a \(key.type) and is a \(type)",
                                mend: mend(key.key)))
                    case .expires(let left):
                        let seconds = left.components.seconds
                        findings.append(
                            Finding(
                                what:
                                    "orders: the key \(key.key) expires in \(seconds) s, and all that is in it goes then",
                                mend: ["\(redis.endpoint.cli) PERSIST '\(key.key)'"]))
                    }
                }
            } catch {
                guard !error.isOutage else { throw error }
                unknown.append("\(redis.endpoint) refuses \(error.command): types and lifetimes of the keys of orders")
            }
        }
    }
}
