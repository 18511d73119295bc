import Foundation

/// A line of `cointape doctor`: what was looked at, how it is, and what mends it.
struct Finding: Equatable, Sendable {
    enum Verdict: String, Sendable {
        case ok, unknown, warning, wrong
    }

    let verdict: Verdict
    let text: String
    /// Commands and settings, one each.
    let mend: [String]

    init(_ verdict: Verdict, _ text: String, mend: [String] = []) {
        self.verdict = verdict
        self.text = text
        self.mend = mend
    }

    /// For people; the mending stands in lines of its own.
    var lines: [String] {
        let width = 8
        let word = verdict.rawValue.padding(toLength: width, withPad: " ", startingAt: 0)
        return ["\(word) \(ShownText.line(text))"]
            + mend.map { "\(String(repeating: " ", count: width)) -> \(ShownText.line($0))" }
    }
}
