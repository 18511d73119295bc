import Archive
import Basics
import CurlHTTP
import Foundation
import NIOCore
import Redis
import Synchronization
import Tape
import TopLists
import Workers

/// `cointape archive adopt`: publishes missing entries for blocks that the stores have.
package enum AdoptBlocksCommand {
    /// Prints how many entries were published, or why none; returns whether all is well.
    package static func run(config: String?, environment: Environment, print: (String) -> Void) async throws -> Bool {
        let places = try ArchivePlaces(config, environment: environment)
        defer { places.close() }
        let outcome = try await places.adoption.run()
        let stores = places.stores.map(\.name).joined(separator: " and ")
        for name in outcome.damaged {
            print("damaged: \(name): no store has it whole; cointape archive pull copies it from another host")
        }
        if outcome.published > 0 {
            print("published \(outcome.published) entries, for \(outcome.blocks) blocks in \(stores)")
        } else if outcome.blocks == 0 {
            print("published nothing: there is no block in \(stores)")
        } else if outcome.damaged.isEmpty {
            print("published nothing: the streams reach as far as the \(outcome.blocks) blocks in \(stores)")
        }
        return outcome.damaged.isEmpty
    }
}

/// `cointape archive verify`: checks all stores, and compares them with each other and with Redis.
package enum VerifyArchiveCommand {
    /// Prints each finding as it is made, and `ok` at the end if nothing is wrong; returns whether all is well.
    package static func run(
        config: String?, isDeep: Bool, environment: Environment, print: @escaping @Sendable (String) -> Void
    ) async throws -> Bool {
        let places = try ArchivePlaces(config, environment: environment)
        defer { places.close() }
        let wrong = Mutex(0)
        let audit = ArchiveAudit(
            stores: places.stores, hours: places.hours, days: places.days, isDeep: isDeep
        ) { finding in
            switch finding {
            case .account(let text): print(text)
            case .note(let text): print("note: \(text)")
            case .wrong(let text):
                wrong.withLock { $0 += 1 }
                print("wrong: \(text)")
            }
        }
        await audit.run()
        let isWell = wrong.withLock { $0 == 0 }
        if isWell { print("ok") }
        return isWell
    }
}

/// `cointape archive export`: prints the rows of a range of minutes, for other programs.
package struct ExportCommand: Sendable {
    private let from: String?
    private let to: String?
    private let coins: [Int64]?
    private let format: ListFormat

    /// The values that the option `--format` takes.
    package static let formats = [ListFormat.csv, .ndjson].map(\.lowercasedName)

    /// `coins` are CoinMarketCap ids, separated by commas.
    package init(from: String?, to: String?, coins: String?, format: String) throws(CommandError) {
        guard let format = [ListFormat.csv, .ndjson].first(where: { $0.lowercasedName == format.lowercased() }) else {
            throw CommandError(.option, "--format should be \(Self.formats.joined(separator: " or ")), not \(format)")
        }
        self.format = format
        self.coins = try coins.map { (text) throws(CommandError) in try Self.ids(text) }
        (self.from, self.to) = (from, to)
        // Relative times depend on the clock of the run; here they are only checked.
        _ = try range(now: .machineTime)
    }

    private static func ids(_ text: String) throws(CommandError) -> [Int64] {
        var ids: [Int64] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let id = Int64(part), id >= 0, "\(id)" == part else {
                throw CommandError(.option, "--coins should be ids of CoinMarketCap, such as 1,1027, not \(text)")
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    private func range(now: Timestamp) throws(CommandError) -> Range<Minute> {
        func minute(_ option: String, _ text: String?) throws(CommandError) -> Minute? {
            guard let text else { return nil }
            guard let time = DateTimeParameter(text, now: now) else {
                throw CommandError(
                    .option, "\(option) should be one of the forms \(DateTimeParameter.accepted), not \(text)")
            }
            return time.minute
        }
        let end = try minute("--to", to) ?? Minute(containing: now)
        let start = try minute("--from", from) ?? end.advanced(byMinutes: -1440)
        guard start < end else {
            throw CommandError(.option, "--from is \(start), and --to is \(end): there is nothing between them")
        }
        return start..<end
    }

    /// `write` gets the bytes piece by piece; an error that it throws ends the command.
    ///
    /// Returns whether everything could be read.
    package func run(
        config: String?, environment: Environment, write: ([UInt8]) throws -> Void, report: (String) -> Void
    ) async throws -> Bool {
        let places = try ArchivePlaces(config, environment: environment)
        defer { places.close() }
        var reader = places.reader
        do throws(RedisError) {
            // The reply sets the clock.
            _ = try await places.hours.newestID()
        } catch {
            report("cointape: note: only what the stores have is exported: \(error.message)")
            reader = places.storesAlone
        }
        let export = ArchiveExport(reader, format, coins: coins) { [clock = places.clock] in clock.now }
        let wanted = try range(now: places.clock.now)
        guard let known = try await export.known(of: wanted) else {
            throw CommandError(
                .refused, "nothing is known of the minutes from \(wanted.lowerBound) to \(wanted.upperBound)")
        }
        var isWhole = true
        func reportUnreadable(_ failure: ArchiveFailure) {
            isWhole = false
            report("cointape: unreadable: \(failure); cointape archive pull copies it from another host")
        }
        try await export.write(known, report: reportUnreadable) { try write(Array($0.readableBytesView)) }
        return isWhole
    }
}

/// `cointape archive pull`: copies blocks from another archive into stores that lack them.
package struct PullCommand: Sendable {
    private enum Source {
        case api(String)
        case store(StoreAddress)

        /// `origin` is an api's URL, or a store's address as in configs.
        init(_ origin: String, environment: Environment) throws(CommandError) {
            do throws(InvalidText) {
                if origin.hasPrefix("http://") || origin.hasPrefix("https://") {
                    try HistoryOrigin.check(origin)
                    self = .api(origin)
                } else {
                    self = .store(try StoreAddress(origin) { environment[$0] })
                }
            } catch {
                throw CommandError(
                    .option,
                    "SOURCE, \(HistoryOrigin.accepted) of an api or \(StoreAddress.accepted) of a store: \(error)")
            }
        }
    }

    private let source: Source

    /// `source` is an api's URL, or a store's address as in configs; the environment has the keys of a bucket.
    package init(source: String, environment: Environment) throws(CommandError) {
        self.source = try Source(source, environment: environment)
    }

    /// Prints what is copied, and which hours nobody has; returns whether the stores now have everything that the source has.
    package func run(
        config: String?, environment: Environment, print: @escaping @Sendable (String) -> Void
    ) async throws -> Bool {
        let places = try ArchivePlaces(config, environment: environment)
        defer { places.close() }
        let origin: any BlockOrigin =
            switch source {
            case .api(let url): try HistoryOrigin(url, client: places.http())
            case .store(let address): StoreOrigin(address.store(.command, http: places.http))
            }
        let outcome = try await ArchivePull(into: places.stores, from: origin, report: print).run()
        for hole in outcome.holes { print("nobody has: \(hole)") }
        print(
            "copied \(outcome.copied) blocks, \(outcome.bytes) bytes; \(outcome.present) were there"
                + (outcome.failed > 0 ? "; \(outcome.failed) could not be copied" : ""))
        return outcome.failed == 0
    }
}
