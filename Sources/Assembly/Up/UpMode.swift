import Fetching
import Tape

/// Whether `up` asks the real providers or the sandbox: all or nothing.
///
/// Half of each would join made-up prices with real ranks.
enum UpMode: Equatable {
    case real
    case sandbox

    static func decide(
        _ feeds: [FetchConfig], sandboxWanted: Bool, environment: [String: String]
    ) throws(StartFailure) -> UpMode {
        if sandboxWanted { return .sandbox }
        let withNeeds = feeds.filter { !$0.needs.isEmpty }
        let unmet = withNeeds.filter { !$0.unmetNeeds(in: environment).isEmpty }
        if unmet.isEmpty { return .real }
        if unmet.count == withNeeds.count { return .sandbox }
        let missing = unmet.flatMap { $0.unmetNeeds(in: environment) }.joined(separator: ", ")
        let present = withNeeds.filter { $0.unmetNeeds(in: environment).isEmpty }.map(\.worker.name)
        throw StartFailure(
            "\(present.joined(separator: ", ")) would be real, but \(missing) is not set: set it too, or use --sandbox")
    }
}
