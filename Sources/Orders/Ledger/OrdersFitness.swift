package import Redis
package import Tape

/// Whether orders can be written and will last where they are: refused commands, keys of the wrong type, and what acknowledged
/// orders survive.
package struct OrdersFitness: Equatable, Sendable {
    /// Something that prevents orders from being written, or from lasting.
    package struct Finding: Equatable, Sendable {
        /// One line for people, which names its subject: `orders` or `the read model`, and the Redis or key.
        package let what: String
        /// Shell commands that fix it, or show more about it.
        package let remedies: [String]
    }

    /// Empty if all is well, as far as the server could be queried.
    package let findings: [Finding]
    /// What could not be queried.
    package let unknown: [String]
    /// Its shortcomings are also in `findings`, and its unknown settings in `unknown`.
    package let durability: LedgerDurability

    /// Queries both Redis; `worker` is part of the probe's key.
    ///
    /// `keyAudit` must belong to this ledger. `places` and `projects` say whether the worker takes orders, and whether it
    /// writes the read model. Throws if there is no connection, or no answer.
    package static func probe(
        ledger: RedisClient, readModel: RedisClient, keys: TapeKeys, worker: String,
        keyAudit: KeyAudit, acknowledgement: Acknowledgement? = nil, places: Bool, projects: Bool
    ) async throws(RedisError) -> OrdersFitness {
        var report = Report()
        let model = ReadModelKeys(keys)
        let ledgerServer = try await ledger.server(of: keys.ledger)
        let readModelServer = try await readModel.server(of: model.statistics)
        let currencies = await Self.currencies(ledger, keys)
        let parts = (projects ? [OrdersPart.projecting] : []) + (places ? [.placing] : [])
        // A worker that only projects writes nothing there, unless it confirms.
        let writes = places || acknowledgement?.command != nil
        let probe = WriteProbe(
            ledgerServer, key: writes ? keys.probe(worker, tag: "{orders}") : nil,
            needs: parts.flatMap { $0.ledgerNeeds(keys, acknowledgement) })
        report.take(try await probe.run(), ledgerServer, "orders")
        let other = WriteProbe(
            readModelServer, key: projects ? keys.probe(worker, tag: "{read}") : nil,
            needs: parts.flatMap { $0.readModelNeeds(keys, currencies) })
        report.take(try await other.run(), readModelServer, "the read model")
        try await report.keys([.init(keys.ledger, "stream"), .init(keys.seen, "hash")], ledger) { _ in
            ["cointape orders verify"]
        }
        try await report.keys([.init(keys.missing, "string")], ledger) { key in
            ["\(ledger.server.cli) RENAME '\(key)' '\(key).old'", "cointape orders verify"]
        }
        if let mark = try? await ledger.sendUnlessDenied(RedisCommand("GET", keys.missing)).bytes,
            WitnessRecord(mark) == nil
        {
            report.findings.append(
                Finding(
                    what: "orders: the key \(keys.missing), which has all orders refused, is no record of a loss",
                    remedies: [
                        "\(ledger.server.cli) RENAME '\(keys.missing)' '\(keys.missing).old'",
                        "cointape orders verify",
                    ]))
        }
        try await report.take(keyAudit)
        let expected =
            [KeyFitness.Expected(model.statistics, "hash")]
            + model.streams(currencies).map { .init($0, "stream") }
        try await report.keys(expected, readModel) { key in
            ["\(readModel.server.cli) RENAME '\(key)' '\(key).old'", "cointape orders rebuild"]
        }
        let durability = try await LedgerDurability.probe(ledgerServer, acknowledgement: acknowledgement)
        report.take(durability.shortcomings, ledgerServer, "orders")
        if !durability.unknown.isEmpty {
            report.unknown.append(
                "\(ledgerServer.endpoint) refuses CONFIG GET: \(durability.unknown.joined(separator: ", ")), and so what orders survive"
            )
        }
        return OrdersFitness(findings: report.findings, unknown: report.unknown, durability: durability)
    }

    /// The ledger's currencies; if they cannot be read, the standard ones.
    private static func currencies(_ ledger: RedisClient, _ keys: TapeKeys) async -> [Currency] {
        let history = OrderHistory(readModel: ledger, ledger: ledger, keys: keys, clock: TapeClock())
        return (try? await history.terms())?.currencies ?? LedgerTerms.standard.currencies
    }

    private struct Report {
        var findings: [Finding] = []
        var unknown: [String] = []

        mutating func take(_ shortcomings: [RedisShortcoming], _ redis: RedisClient, _ name: String) {
            for shortcoming in shortcomings {
                let remedies = shortcoming.remedy.map { ["\(redis.server.cli) \($0)"] } ?? []
                let finding = Finding(
                    what: "\(name): redis \(redis.endpoint): \(shortcoming.description)", remedies: remedies)
                if !findings.contains(finding) { findings.append(finding) }
            }
        }

        mutating func take(_ keyAudit: KeyAudit) async throws(RedisError) {
            do throws(RedisError) {
                guard let shortfall = try await keyAudit.shortfall() else { return }
                findings.append(
                    Finding(
                        what: "orders: the table of seen keys is not whole: \(shortfall)",
                        remedies: ["cointape orders repair"]))
            } catch {
                // A wrong type has already been reported.
                guard error.isOutage || error.isDenial else { return }
                guard !error.isOutage else { throw error }
                unknown.append("the ledger's Redis refuses \(error.command): whether the table of seen keys is whole")
            }
        }

        mutating func keys(
            _ expected: [KeyFitness.Expected], _ redis: RedisClient, ofAnotherType remedies: (String) -> [String]
        ) async throws(RedisError) {
            do throws(RedisError) {
                for (key, fault) in try await KeyFitness.faults(of: expected, redis) {
                    switch fault {
                    case .type(let type):
                        findings.append(
                            Finding(
                                what: "orders: the key \(key.key) should be a \(key.type) and is a \(type)",
                                remedies: remedies(key.key)))
                    case .expires(let left):
                        let seconds = left.components.seconds
                        findings.append(
                            Finding(
                                what:
                                    "orders: the key \(key.key) expires in \(seconds) s, and all that is in it goes then",
                                remedies: ["\(redis.server.cli) PERSIST '\(key.key)'"]))
                    }
                }
            } catch {
                guard !error.isOutage else { throw error }
                unknown.append("\(redis.endpoint) refuses \(error.command): types and lifetimes of the keys of orders")
            }
        }
    }
}
