import Testing

@testable import Tape

@Suite struct StreamIDTests {
    @Test(arguments: ["0-0", "1-0", "1795251660000-7", "18446744073709551615-18446744073709551615"])
    func `what Redis writes is read, and written alike`(text: String) {
        #expect(StreamID(text).map { "\($0)" } == text)
    }

    @Test(arguments: [
        "", "-", "1", "1-", "-1", "01-0", "1-00", "1-01", "+1-0", "1-0 ", "1-0-0", "18446744073709551616-0", "1-٣",
    ]) func `what Redis does not write is no id`(text: String) {
        #expect(StreamID(text) == nil)
    }
}
