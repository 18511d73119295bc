import Basics
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        (0, "0s"), (1, "1ms"), (1500, "1s500ms"), (59_000, "59s"), (60_000, "1m"), (61_000, "1m1s"), (3_600_000, "1h"),
        (8_640_000, "2h24m"), (8_645_000, "2h24m"), (86_400_000, "1d"), (90_061_000, "1d1h"), (86_401_000, "1d"),
    ])
    func `a duration is told by its two largest parts`(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).short == text)
    }
}
