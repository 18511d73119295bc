import Orders
import Projecting
import Redis
import Tape

/// The ledgers in the configs of `up`.
///
/// A ledger is opened automatically only if there cannot have been another one: on the Redis that `up` has started, in a data
/// folder that it has just created.
struct UpLedger: Sendable {
    let places: [OrdersPlaces]
    let kind: DataKind
    /// nil unless the data folder was just created.
    let newRedis: RedisEndpoint?
    /// Environment variables to put before the command that opens a ledger.
    let variables: String

    init(_ configs: ConfigFiles, mode: UpMode, newRedis: RedisEndpoint?, variables: String, clock: TapeClock) {
        places = configs.files.compactMap { file in
            guard let config = file.config as? ProjectConfig else { return nil }
            return OrdersPlaces(config, path: file.path, clock: clock)
        }
        kind = mode == .sandbox ? .sandbox : .real
        self.newRedis = newRedis
        self.variables = variables
    }

    /// Opens the ledgers that may be opened automatically; failures show up in `hints`.
    func open() async {
        for place in places where place.ledger.endpoint == newRedis {
            _ = try? await place.opener.open(kind, alreadySold: nil)
        }
    }

    /// For each ledger that is missing, says how to open it, or that it was lost.
    ///
    /// Waits until the Redis of each ledger answers.
    func hints() async throws(CancellationError) -> [String] {
        var hints: [String] = []
        for place in places {
            let option = place.path.hasSuffix("/ledger.json") ? "" : " --config \(place.path)"
            switch try await state(place) {
            case .open: break
            case .absent:
                hints.append(
                    "No ledger is open, so no order is taken. To open one: \(variables)cointape orders open\(option)"
                )
            case .lost(let trace):
                hints.append(
                    "The ledger is lost, so no order is taken: \(trace). Put its backup back (docs/howto/ledger.md); "
                        + "what is left tells \(variables)cointape orders verify\(option)")
            }
        }
        return hints
    }

    /// Closes the connections to the ledgers.
    func close() { for place in places { place.close() } }

    private enum State {
        case open, absent
        case lost(String)
    }

    private func state(_ place: OrdersPlaces) async throws(CancellationError) -> State {
        while true {
            do throws(RedisError) {
                if try await place.opener.firstEntry() != nil { return .open }
                return try await place.opener.trace(of: kind).map { .lost($0) } ?? .absent
            } catch {
                // A key of another type does not change by itself; `cointape status` reports it.
                if case .server = error.code, !error.isTransient { return .lost(error.message) }
                try await place.clock.sleep(for: .seconds(1))
            }
        }
    }
}
