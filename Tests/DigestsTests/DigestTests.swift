import Digests
import Testing

/// The examples of FIPS 180 and RFC 3174.
@Suite struct DigestTests {
    @Test func `of SHA-1 are those of its standard`() {
        #expect(Digest.sha1(Array("abc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(Digest.sha1([]) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }

    @Test func `of SHA-256 are those of its standard`() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Digest.sha256(Array("abc".utf8)) == abc)
        #expect(Digest.sha256() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    /// Those of RFC 4231: cases 1, 2 and 6, whose key is longer than a block.
    @Test func `keyed ones are those of their standard`() {
        func hmac(_ key: [UInt8], _ message: String) -> String {
            Digest.hmac(key: key, Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                .joined()
        }
        #expect(
            hmac(Array(repeating: 0x0B, count: 20), "Hi There")
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            hmac(Array("Jefe".utf8), "what do ya want for nothing?")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            hmac(Array(repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First")
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(hmac([], "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func `of parts are those of the whole`() {
        #expect(Digest.sha256(Array("a".utf8), [], Array("bc".utf8)) == Digest.sha256(Array("abc".utf8)))
    }
}
