import Basics
import Synchronization

/// The faults that are on now: `GET /sandbox/faults` shows them, `PUT /sandbox/faults?cut-gzip=0.3` sets them anew.
final class FaultControl: Sendable {
    private let plan: Mutex<FaultPlan>

    init(_ plan: FaultPlan) {
        self.plan = Mutex(plan)
    }

    var current: FaultPlan { plan.withLock(\.self) }

    var answer: ProviderAnswer { .plain(200, current.text + "\n") }

    /// `query` as in the URL, one rule a parameter; empty for none.
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
