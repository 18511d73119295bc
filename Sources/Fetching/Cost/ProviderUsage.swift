package import Basics
import JQ
import JSON
import Logging
import Logs
import Tape

/// Asks a provider how much of a plan is used, for `cointape doctor` and to correct the budget.
package actor ProviderUsage {
    /// What the provider says.
    package struct Statement: Equatable, Sendable {
        /// The credits that are left; nil if it does not say.
        package let left: Int?
        /// The credits of the plan; nil if it does not say.
        package let plan: Int?
        /// How far the provider's clock is ahead of this machine's; nil if it sent no date.
        package let offset: Duration?
    }

    private let pages: PageFetcher
    private let budget: Budget?
    /// When the budget was last corrected.
    private var asked: Timestamp?

    /// `pages` makes the call.
    init(_ pages: PageFetcher, budget: Budget?) {
        self.pages = pages
        self.budget = budget
    }

    /// How long the budget does without asking again: others may spend from the same plan.
    private static let interval: Duration = .seconds(3600)

    /// Asks now; throws a `Gap` that says why there is no answer.
    package func ask(deadline: Timestamp) async throws -> Statement {
        do {
            return try await statement(deadline: deadline)
        } catch let failure as FetchFailure {
            throw Gap(failure.code, pages.redactor(failure.detail))
        }
    }

    private func statement(deadline: Timestamp) async throws -> Statement {
        let began = Timestamp.machineTime
        let values = RequestValues(minute: Minute(containing: pages.clock.now), now: pages.clock.now)
        let page = try await pages.fetch(PageWalk.Step(), values, needing: 0, deadline: deadline)
        var rows = FlatRowsReader(.elements)
        var numbers: [String: Int] = [:]
        let text = page.rows.json.span
        if try rows.nextRow(in: text) {
            while let (name, value) = try rows.nextMember(in: text) {
                guard value.kind != .null else { continue }
                numbers[name.text(in: text)] = try Self.credits(value.text(in: text), name.text(in: text))
            }
        }
        return Statement(
            left: numbers["left"], plan: numbers["plan"],
            offset: page.sent.map { Self.offset(of: $0, between: began, and: Timestamp.machineTime) })
    }

    /// An overdrawn plan has nothing left, and a part of a credit is none.
    static func credits(_ text: String, _ name: String) throws(FetchFailure) -> Int {
        guard let number = Double(text), number.isFinite else {
            throw FetchFailure(.badPayload, "usage: \(name) is \(text.excerpt()), and should be a number of credits")
        }
        return Int(min(max(0, number), 1e12))
    }

    /// How far a clock is ahead that showed `sent` at some time between two of this machine's: zero if it may agree.
    static func offset(of sent: Timestamp, between first: Timestamp, and last: Timestamp) -> Duration {
        if sent < first { return sent - first }
        return sent > last ? sent - last : .zero
    }

    /// Corrects the budget by what the provider says is left: before the first list, and before the first one of each hour.
    ///
    /// A failure is logged: the budget then counts on by itself.
    func correctBudget(deadline: Timestamp) async {
        guard let budget, asked.map({ pages.clock.now - $0 >= Self.interval }) ?? true else { return }
        asked = pages.clock.now
        do {
            guard let left = try await ask(deadline: deadline).left else { return }
            await budget.learn(left: left)
        } catch {
            let detail = (error as? Gap)?.detail ?? "\(error)"
            pages.logger.warning(.usageUnknown, metadata: [LogKey.detail: "\(detail)"])
        }
    }
}
