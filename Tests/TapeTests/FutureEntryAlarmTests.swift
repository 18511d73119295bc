import Basics
import Logging
import TestSupport
import Testing

@testable import Tape

@Suite struct FutureEntryAlarmTests {
    @Test func `an entry of the future is told once, another one again, and its end once`() {
        let said = Said()
        var alarm = FutureEntryAlarm(stream: "price", cli: "redis-cli -p 7", logger: said.logger)
        let now = Timestamp(milliseconds: 1_795_251_660_000)
        func check(_ offset: Int64?) -> Bool {
            let id = offset.map { StreamID(milliseconds: UInt64(now.milliseconds + $0), sequence: 0) }
            return alarm.check(id, now: now)
        }
        #expect([nil, 0, -60_000, 5_000].map { check($0) } == [false, false, false, false])
        #expect([5_001, 5_001, 60_000, 60_000].map { check($0) } == [true, true, true, true])
        #expect([0, nil].map { check($0) } == [false, false])
        #expect(
            said.all.map { "\($0.level) \($0.event) \($0.metadata["entry.id"].map { "\($0)" } ?? "")" } == [
                "error stream.ahead 1795251665001-0", "error stream.ahead 1795251720000-0", "notice stream.mended ",
            ])
        let remedy = said.all.first?.metadata["remedy"].map { "\($0)" } ?? ""
        #expect(remedy.hasPrefix("redis-cli -p 7 XDEL 'price' 1795251665001-0"), "\(remedy)")
    }
}
