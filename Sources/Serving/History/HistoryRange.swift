import Basics
import HTTPServer

/// The minutes that a request asks for: `from`, which is included, `to`, which is not, and `step`.
struct HistoryRange: Equatable {
    let from: Minute
    let to: Minute
    /// In minutes; steps are aligned to the epoch.
    let step: Int
    /// Whether both ends are absolute, so that the same request always asks for the same minutes.
    let isAbsolute: Bool

    static let parameters: [StaticString] = ["from", "to", "step"]
    static let steps: [(name: String, minutes: Int)] = [
        ("1m", 1), ("5m", 5), ("15m", 15), ("1h", 60), ("4h", 240), ("1d", 1440),
    ]

    init(_ values: QueryString.Values, step defaultStep: Int, now: Timestamp) throws(Problem) {
        let (from, to) = (try Self.time("from", values["from"], now), try Self.time("to", values["to"], now))
        self.to = to?.minute ?? Minute(containing: now)
        self.from = from?.minute ?? self.to.advanced(byMinutes: -1440)
        isAbsolute = [from, to].allSatisfy { if case .absolute? = $0 { true } else { false } }
        step = try values["step"].map(Self.step) ?? defaultStep
        guard self.from < self.to else {
            throw .badParameter(
                "from", "from is \(self.from), and to is \(self.to): there is nothing between them.",
                accepted: "a time before to")
        }
    }

    /// The first minute of the step that contains the minute.
    func start(of minute: Minute) -> Minute { minute.floored(to: .seconds(Int64(step) * 60)) }

    private static func time(
        _ name: String, _ text: String?, _ now: Timestamp
    ) throws(Problem) -> DateTimeParameter? {
        guard let text else { return nil }
        guard let parameter = DateTimeParameter(text, now: now) else {
            throw .badParameter(
                name, "\(name) cannot be read: \(text.excerpt())", accepted: DateTimeParameter.accepted)
        }
        return parameter
    }

    private static func step(_ text: String) throws(Problem) -> Int {
        guard let step = steps.first(where: { $0.name == text }) else {
            let known = steps.map(\.name)
            throw .badParameter(
                "step", "There is no step \(text.excerpt()).", accepted: known.joined(separator: ", "),
                nearest: EditDistance.nearest(to: text, among: known))
        }
        return step.minutes
    }
}
