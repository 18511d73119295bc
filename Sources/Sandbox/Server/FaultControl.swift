import Basics
import Synchronization

/// The present faults: `GET /sandbox/faults` shows them, `PUT /sandbox/faults?cut-gzip=0.3` replaces them.
final class FaultControl: Sendable {
    private let plan: Mutex<FaultPlan>

    init(_ plan: FaultPlan) {
        self.plan = Mutex(plan)
    }

    var current: FaultPlan { plan.withLock(\.self) }

    var answer: ProviderAnswer { .plain(200, current.text + "\n") }

    /// `query` is the URL's, with one rule per parameter; empty for no faults.
    func replace(_ query: String) -> ProviderAnswer {
        let texts = query.split(separator: "&").map { PercentEncoding.decode($0, plusIsSpace: false) ?? String($0) }
        do throws(InvalidText) {
            let new = try FaultPlan(texts)
            plan.withLock { $0 = new }
            return answer
        } catch {
            return .plain(400, error.description + "\n")
        }
    }
}
