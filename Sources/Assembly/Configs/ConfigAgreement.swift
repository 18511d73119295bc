import Basics
import Config
import Fetching
import Orders
import Projecting
import Redis
import Serving
import Tape
import Workers

/// Mistakes that only show when configs are compared; each config is valid by itself.
struct ConfigAgreement {
    let files: [ConfigFiles.File]

    var issues: [ConfigIssue] {
        sharedStreams + budgets
            + files.flatMap { file in
                let mistakes =
                    file.config.inputs.flatMap { disagreements(of: $0, in: file) } + durabilities(file) + rates(file)
                return mistakes.map { $0.issue(in: file.path) }
            }
    }

    /// Feeds that share a plan must mean the same one.
    private var budgets: [ConfigIssue] {
        var first: [String: (path: String, config: FetchConfig)] = [:]
        return files.compactMap { file in
            guard let config = file.config as? FetchConfig, let key = config.budgetKey else { return nil }
            let name = config.name(of: key)
            guard let other = first[name] else {
                first[name] = (file.path, config)
                return nil
            }
            guard !config.hasSamePlan(as: other.config) else { return nil }
            return PlacedMessage(config.budgetPlace, "is another plan than that of \(other.path), and has its name")
                .issue(in: file.path)
        }
    }

    /// Two workers with different configs must not write the same stream; replicas of one config may.
    private var sharedStreams: [ConfigIssue] {
        var owners: [String: String] = [:]
        return files.compactMap { file in
            guard let stream = file.config.output?.stream,
                let owner = owners.updateValue(file.path, forKey: file.config.name(of: stream.value))
            else { return nil }
            return PlacedMessage(stream.place, "\(owner) publishes to \(stream.value) too").issue(in: file.path)
        }
    }

    /// A worker's assumptions about a stream must hold, if the config of the worker that writes the stream is here.
    private func disagreements(of input: StreamInput, in file: ConfigFiles.File) -> [PlacedMessage] {
        let key = file.config.name(of: input.stream)
        guard
            let writer = files.first(where: { other in
                other.config.output.map { other.config.name(of: $0.stream.value) == key } ?? false
            })?.config, let output = writer.output
        else { return [] }
        var mistakes: [PlacedMessage] = []
        func say(_ place: ConfigPlace, _ message: String) { mistakes.append(PlacedMessage(place, message)) }
        if let wanted = input.every, let every = output.every, wanted.value != every {
            say(wanted.place, "is \(wanted.value), but \(input.stream) is fetched every \(every)")
        }
        if let wanted = input.reach, let retain = output.retain, wanted.value > retain {
            say(wanted.place, "is \(wanted.value.short), but \(input.stream) is kept for \(retain.short) only")
        }
        if let wanted = input.columns, let known = output.lists?.columns {
            for column in wanted.value where !known.contains(column) {
                let hint = EditDistance.nearest(to: column, among: known).map { " (did you mean \($0)?)" } ?? ""
                say(wanted.place, "\(writer.worker.name) has no column \"\(column)\"\(hint)")
            }
        }
        return mistakes
    }

    /// A project worker must wait for the same durability before it folds an order as the api before it acknowledges it.
    private func durabilities(_ file: ConfigFiles.File) -> [PlacedMessage] {
        guard let config = file.config as? ProjectConfig else { return [] }
        return apis(of: config).filter { $0.orders.acknowledgement != config.orders.acknowledgement }.map {
            PlacedMessage(
                config.orders.durabilityPlace,
                "differs from that of \($0.path): orders would be folded that are not acknowledged yet")
        }
    }

    /// Commands find the rates through a project worker's config, so it must name the same rates as the apis.
    private func rates(_ file: ConfigFiles.File) -> [PlacedMessage] {
        guard let config = file.config as? ProjectConfig else { return [] }
        return apis(of: config).filter { $0.orders.rates != config.orders.rates }.map {
            PlacedMessage(
                config.orders.ratesPlace,
                "is \(config.orders.rates), but \($0.path) prices orders by \($0.orders.rates): commands would look at other rates"
            )
        }
    }

    /// The apis that take orders for the ledger of a project worker.
    private func apis(of config: ProjectConfig) -> [(path: String, orders: OrdersSettings)] {
        files.compactMap { file in
            guard let api = file.config as? APIConfig, let orders = api.orders?.places,
                orders.ledger == config.orders.ledger, api.worker.redis.keys == config.worker.redis.keys
            else { return nil }
            return (file.path, orders)
        }
    }
}

extension WorkerConfig {
    /// A globally unique name of a stream: its Redis and its key.
    fileprivate func name(of stream: String) -> String {
        "\(worker.redis.endpoint)/\(worker.redis.endpoint.database) \(worker.redis.keys.stream(stream))"
    }
}
