package import Basics

/// Which faults happen how often: `cut-gzip=0.3`, `coinbase:http-500=1`, and `any=0.3` for a random one.
///
/// Whether a call meets a fault, and which one, depends only on the seed, the provider, the minute and the call's number.
package struct FaultPlan: Equatable, Sendable {
    struct Rule: Equatable, Sendable {
        /// nil means every provider.
        let provider: Provider?
        /// nil means any fault that applies to the provider.
        let fault: Fault?
        /// The probability, from 0 to 1.
        let rate: Double
    }

    let rules: [Rule]

    /// A plan without faults.
    package init() { rules = [] }

    /// Throws if a rule is invalid, or the rates of a provider add up to more than 1.
    package init(_ texts: [String]) throws(InvalidText) {
        var rules: [Rule] = []
        for text in texts { rules.append(try Self.rule(text)) }
        for provider in Provider.allCases {
            let sum = rules.filter { $0.concerns(provider) }.reduce(0) { $0 + $1.rate }
            guard sum <= 1 + 1e-9 else {
                throw InvalidText("the rates for \(provider.rawValue) add up to \(sum), which is more than 1")
            }
        }
        self.rules = rules
    }

    /// The fault of a call; nil if it meets none.
    func fault(at minute: Minute, of provider: Provider, call number: Int, seed: UInt64) -> Fault? {
        var random = SplitMix64(
            seed: seed ^ (provider.salt << 32), salt: UInt64(bitPattern: minute.number) << 20 | UInt64(number))
        var draw = random.unit()
        for rule in rules where rule.concerns(provider) {
            guard draw < rule.rate else {
                draw -= rule.rate
                continue
            }
            return rule.fault ?? Fault.allCases.filter { $0.applies(to: provider) }.randomElement(using: &random)
        }
        return nil
    }

    var text: String {
        rules.map { rule in
            let provider = rule.provider.map { "\($0.rawValue):" } ?? ""
            return "\(provider)\(rule.fault?.rawValue ?? "any")=\(rule.rate)"
        }.joined(separator: " ")
    }

    /// All names with their meanings, one per line.
    package static var names: String {
        let width = Fault.allCases.map(\.rawValue.count).max() ?? 0
        func line(_ name: String, _ summary: String) -> String {
            "  \(name)\(String(repeating: " ", count: width - name.count))  \(summary)"
        }
        return (Fault.allCases.map { line($0.rawValue, $0.summary) } + [line("any", "one of these")])
            .joined(separator: "\n")
    }

    private static func rule(_ text: String) throws(InvalidText) -> Rule {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, let rate = Double(sides[1]), (0...1).contains(rate) else {
            throw InvalidText("\(text) should be NAME=RATE or PROVIDER:NAME=RATE, with a rate from 0 to 1")
        }
        let parts = sides[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = parts.last else {
            throw InvalidText("\(text) should be NAME=RATE or PROVIDER:NAME=RATE")
        }
        var provider: Provider?
        if parts.count == 2 {
            provider = try known(parts[0], "provider", Provider.allCases.map(\.rawValue), Provider.init(rawValue:))
        }
        if name == "any" { return Rule(provider: provider, fault: nil, rate: rate) }
        let fault = try known(name, "fault", Fault.allCases.map(\.rawValue) + ["any"], Fault.init(rawValue:))
        if let provider, !fault.applies(to: provider) {
            throw InvalidText("\(name) is nothing that \(provider.rawValue) could do")
        }
        return Rule(provider: provider, fault: fault, rate: rate)
    }

    private static func known<Value>(
        _ name: String, _ kind: String, _ names: [String], _ make: (String) -> Value?
    ) throws(InvalidText) -> Value {
        if let value = make(name) { return value }
        let hint = EditDistance.nearest(to: name, among: names).map { " (did you mean \($0)?)" } ?? ""
        throw InvalidText("there is no \(kind) \(name)\(hint); there are \(names.joined(separator: ", "))")
    }
}

extension FaultPlan.Rule {
    fileprivate func concerns(_ other: Provider) -> Bool {
        (provider ?? other) == other && fault?.applies(to: other) ?? true
    }
}
