import Basics
import Testing

@Suite struct ByteSetTests {
    @Test func `has the bytes of its text, and no others`() {
        let text = "a:z\u{0}?@\u{7F}é"
        let set = ByteSet(text)
        for byte in UInt8.min...UInt8.max {
            #expect(set.contains(byte) == (byte < 0x80 && text.utf8.contains(byte)))
            #expect(
                set.union(.alphanumerics).contains(byte) == (set.contains(byte) || ByteSet.alphanumerics.contains(byte))
            )
        }
        #expect((UInt8.min...UInt8.max).filter(ByteSet.alphanumerics.contains).count == 62)
    }
}
