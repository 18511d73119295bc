import Basics
import Config
import Orders
import Projecting
import Redis
import Serving
import Tape
import Workers

/// Mistakes that only show between configs: each is right by itself.
struct ConfigAgreement {
    let files: [ConfigFiles.File]

    var issues: [ConfigIssue] {
        sharedStreams
            + files.flatMap { file in
                let mistakes =
                    file.config.inputs.flatMap { disagreements(of: $0, in: file) } + durabilities(file) + rates(file)
                return mistakes.map { $0.issue(in: file.path) }
            }
    }

    /// Two workers of different configs must not write one stream: replicas of one config may.
    private var sharedStreams: [ConfigIssue] {
        var owners: [String: String] = [:]
        return files.compactMap { file in
            guard let stream = file.config.output?.stream,
                let owner = owners.updateValue(file.path, forKey: file.config.name(of: stream.value))
            else { return nil }
            return PlacedMessage(stream.place, "\(owner) publishes to \(stream.value) too").issue(in: file.path)
        }
    }

    /// What a worker takes for granted of a stream must be so, if the config of the stream's worker is here.
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
            say(wanted.place, "is \(wanted.value.short), but \(input.stream) is fetched every \(every.short)")
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

    /// What an api waits for before it acknowledges an order, a project worker waits for before it folds it.
    private func durabilities(_ file: ConfigFiles.File) -> [PlacedMessage] {
        guard let config = file.config as? ProjectConfig else { return [] }
        return apis(of: config).filter { $0.orders.acknowledgement != config.orders.acknowledgement }.map {
            PlacedMessage(
                config.orders.durabilityPlace,
                "differs from that of \($0.path): orders would be folded that are not acknowledged yet")
        }
    }

    /// Commands of people find the rates through a project worker's config.
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
    /// A stream as it is known everywhere: its Redis and its key.
    fileprivate func name(of stream: String) -> String {
        "\(worker.redis.endpoint)/\(worker.redis.endpoint.database) \(worker.redis.keys.stream(stream))"
    }
}
