import Tape
import Testing

@testable import Orders

/// Which claims stand for others, and which are held beside them.
@Suite struct HeldClaimsTests {
    private let ledger = HeldClaims.Ledger(kind: .real, opened: StreamID(milliseconds: 1, sequence: 0))

    private func claim(_ number: UInt64) -> LedgerClaim {
        LedgerClaim(
            mark: LedgerMark(id: StreamID(milliseconds: number, sequence: 0), tail: OrderTail(bits: number)),
            total: Satoshi(UInt128(number)))
    }

    private func record(_ number: UInt64) -> WitnessRecord {
        WitnessRecord(kind: ledger.kind, opened: ledger.opened, claim(number))
    }

    /// Acknowledged in this order, on one connection.
    private func claims(_ numbers: UInt64...) -> HeldClaims {
        var claims = HeldClaims()
        claims.ledger = ledger
        for number in numbers { claims.acknowledge(claim(number), found: nil, on: 1) }
        return claims
    }

    @Test func `on one connection the newest stands for all, in whatever order they come`() {
        #expect(claims(5, 3, 7, 6).records == [record(7)])
    }

    @Test func `on another connection it does where that server has the one before`() {
        var held = claims(5)
        held.acknowledge(claim(6), found: claim(5).mark, on: 2)
        #expect(held.records == [record(6)])
        held.acknowledge(claim(8), found: nil, on: 2)
        #expect(held.records == [record(8)])
        // One that was asked for before the connection was another, and answered behind it.
        held.acknowledge(claim(7), found: claim(5).mark, on: 1)
        #expect(held.records == [record(8), record(7)])
        #expect(held.expected == claim(8).mark)
        held.acknowledge(claim(9), found: claim(8).mark, on: 2)
        #expect(held.records == [record(9), record(7)])
    }

    @Test func `without it, both are held until one server is seen to have both`() {
        var held = claims(5)
        held.acknowledge(claim(6), found: nil, on: 2)
        #expect(held.records == [record(5), record(6)] && held.record == record(5))
        var split = held
        held.settle([(record(5), .found), (record(6), .found)], together: false)
        #expect(held.records == [record(5), record(6)])
        held.settle([(record(5), .found), (record(6), .found)], together: true)
        #expect(held.records == [record(6)] && held.expected == claim(6).mark)

        split.settle(
            [(record(5), .lost(LedgerLoss(record: record(5), total: nil))), (record(6), .found)], together: true)
        #expect(split.loss?.record == record(5) && split.newestClaim == claim(6))
        // Who writes next asks for what is lost, and a witness remembers that.
        #expect(split.expected == claim(5).mark && split.record == record(5))
        split.settle([(record(5), .found), (record(6), .found)], together: true)
        #expect(split.loss == nil && split.records == [record(6)])
    }

    @Test func `of several losses each is held until it is counted, by what counts it`() {
        var held = claims(5)
        held.hold(record(4))
        held.hold(record(4))
        func lost(_ number: UInt64) -> (WitnessRecord, WitnessVerdict) {
            (record(number), .lost(LedgerLoss(record: record(number), total: Satoshi(1))))
        }
        held.settle([lost(5), lost(4)], together: true)
        #expect(held.losses.count == 2 && held.loss?.record == record(5) && held.newestClaim == nil)
        held.settle([lost(5), (record(4), .counted(by: claim(7)))], together: true)
        #expect(held.loss?.record == record(5) && held.newestClaim == claim(7))
        held.settle([(record(5), .counted(by: claim(8))), (record(7), .found)], together: true)
        #expect(held.loss == nil && held.records == [record(8)])
    }

    @Test func `a claim that came while others were looked for is not taken for one of them`() {
        var held = claims(5)
        held.hold(record(4))
        held.acknowledge(claim(6), found: nil, on: 1)
        held.settle([(record(5), .found), (record(4), .found)], together: true)
        #expect(held.records == [record(6), record(4)])
    }

    @Test func `an entry from before the opening is one of an earlier ledger`() {
        var held = HeldClaims()
        held.hold(claim(5))
        #expect(held.expected == claim(5).mark && held.records == [])
        held.ledger = HeldClaims.Ledger(kind: .real, opened: StreamID(milliseconds: 7, sequence: 0))
        #expect(held.records.map(\.opened) == [StreamID(milliseconds: 0, sequence: 0)])
        #expect(held.record(of: claim(8))?.opened == StreamID(milliseconds: 7, sequence: 0))
    }

    @Test func `what is about another ledger is dropped, and what has none yet gets the one that there is`() {
        var held = HeldClaims()
        held.acknowledge(claim(5), found: nil, on: 1)
        #expect(held.record == nil && held.records == [])
        held.ledger = ledger
        #expect(held.record == record(5))
        held.settle([(record(5), .foreign)], together: true)
        #expect(held.record == nil && held.newestClaim == nil && held.expected == nil)
    }
}
