import Basics
import Fetching
import HTTPServer
import Merging
import Projecting
import Serving
import Tape

/// `cointape check CONFIG…`: what is wrong with configs, or what they are.
package enum CheckCommand {
    /// A line a config, and what feeds cost in lines below; throws all mistakes together.
    package static func run(_ paths: [String], environment: Environment) throws -> [String] {
        let configs = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: false)
        return configs.files.map { file in
            let name = file.config.settings.name
            switch file.config {
            case .fetch(let config):
                let missing = config.unmetNeeds(in: environment.variables)
                let hint = missing.isEmpty ? "" : "; cannot run before \(missing.joined(separator: ", ")) is set"
                let costs = [config.cost.daily] + (config.cost.warning.map { [$0] } ?? [])
                return
                    "\(file.path): ok: fetches \(name) every \(config.schedule.every.short) into \(config.stream)\(hint)"
                    + costs.map { "\n  cost: \($0)" }.joined()
            case .merge(let config):
                let sources = config.sources.map(\.name).joined(separator: " + ")
                return "\(file.path): ok: joins \(sources) into \(config.stream)"
            case .project:
                return "\(file.path): ok: projects the ledger of orders"
            case .api(let config):
                let places = config.listen.map { "\($0.host):\($0.port)" }.joined(separator: ", ")
                let orders = config.orders == nil ? "" : ", and takes orders,"
                return "\(file.path): ok: serves \(config.stream)\(orders) on \(places)"
            }
        }
    }
}
