import Basics
import Testing

@testable import Sandbox

@Suite struct FaultPlanTests {
    private let minute = Minute(containing: Timestamp(milliseconds: 1_795_251_660_000))

    private func faults(_ texts: String..., seed: UInt64 = 1, provider: Provider = .coinmarketcap) throws -> [Fault?] {
        let plan = try FaultPlan(texts)
        return (1...1000).map { plan.fault(at: minute, of: provider, call: $0, seed: seed) }
    }

    @Test func `a rate is how often a fault happens, and the same seed gives the same faults`() throws {
        let drawn = try faults("cut-gzip=0.3")
        #expect((250...350).contains(drawn.count { $0 == .cutGzip }))
        #expect(drawn.allSatisfy { $0 == .cutGzip || $0 == nil })
        #expect(try faults("cut-gzip=0.3") == drawn)
        #expect(try faults("cut-gzip=0.3", seed: 2) != drawn)
        #expect(try faults("cut-gzip=0").allSatisfy { $0 == nil })
        #expect(try faults("cut-gzip=1").allSatisfy { $0 == .cutGzip })
    }

    @Test func `a rule for one provider leaves the others alone, and several rules share the calls`() throws {
        #expect(try faults("coinbase:drip=1").allSatisfy { $0 == nil })
        let drawn = try faults("http-500=0.4", "coinmarketcap:hang=0.4")
        #expect((330...470).contains(drawn.count { $0 == .serverError }))
        #expect((330...470).contains(drawn.count { $0 == .hang }))
    }

    @Test(arguments: [Provider.coinmarketcap, .cryptocompare, .coinbase])
    func `any is every fault that the provider can have`(provider: Provider) throws {
        let drawn = Set(try faults("any=1", provider: provider))
        #expect(drawn == Set(Fault.allCases.filter { $0.applies(to: provider) }))
    }

    @Test(arguments: [
        ("cut-gzp=1", "there is no fault cut-gzp (did you mean cut-gzip?)"),
        ("coinbse:hang=1", "there is no provider coinbse (did you mean coinbase?)"),
        ("hang", "hang should be NAME=RATE"), ("hang=2", "with a rate from 0 to 1"), ("hang=x", "NAME=RATE"),
        ("hang=nan", "with a rate from 0 to 1"), ("a:b:c=1", "PROVIDER:NAME=RATE"),
        ("coinbase:clamped-pages=1", "clamped-pages is nothing that coinbase could do"),
    ])
    func `says what is wrong with a rule`(text: String, message: String) {
        #expect { try FaultPlan([text]) } throws: { "\($0)".contains(message) }
    }

    @Test func `rates that add up to more than one are refused`() {
        #expect { try FaultPlan(["any=0.6", "coinbase:hang=0.6"]) } throws: {
            "\($0)" == "the rates for coinbase add up to 1.2, which is more than 1"
        }
        #expect(throws: Never.self) { try FaultPlan(["coinmarketcap:any=0.6", "coinbase:hang=0.6"]) }
    }
}
