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

    @Test func `of parts are those of the whole`() {
        #expect(Digest.sha256(Array("a".utf8), [], Array("bc".utf8)) == Digest.sha256(Array("abc".utf8)))
    }
}
