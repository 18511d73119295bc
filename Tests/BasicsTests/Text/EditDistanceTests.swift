import Testing

@testable import Basics

struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 3), ("abc", "acb", 1), ("ab", "ba", 1),
        ("schedule", "shcedule", 1), ("abcd", "abd", 1), ("ca", "abc", 3),
    ])
    func `edits are insertions, deletions, substitutions and swaps`(left: String, right: String, distance: Int) {
        #expect(EditDistance.between(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
        #expect(EditDistance.between(Array(right.unicodeScalars), Array(left.unicodeScalars)) == distance)
    }

    @Test(arguments: [
        ("scedule", "schedule"), ("SCHEDULE", "schedule"), ("retires", "retries"), ("tiemout", "timeout"),
        ("limti", "limit"), ("nonsense", nil), ("", nil), ("x", nil),
    ])
    func `the nearest name is suggested when it is near`(word: String, name: String?) {
        let names = ["schedule", "retries", "timeout", "limit", "url"]
        #expect(EditDistance.nearest(to: word, among: names) == name)
    }

    @Test func `the first of two names that are as near is suggested`() {
        #expect(EditDistance.nearest(to: "rank", among: ["tank", "bank"]) == "tank")
        #expect(EditDistance.nearest(to: "bank", among: ["tank", "bank"]) == "bank")
    }

    @Test(arguments: ["limit", "\u{130}", "e\u{301}"])
    func `a word that is too long is near to nothing, and compared with nothing`(part: String) {
        // Comparing it would take minutes.
        let word = String(repeating: part, count: 10_000_000)
        #expect(EditDistance.nearest(to: word, among: ["limit", "datetime", "format"]) == nil)
    }

    @Test func `lengths are in scalars`() {
        #expect(EditDistance.nearest(to: "währüng", among: ["währung"]) == "währung")
        #expect(EditDistance.nearest(to: "limite\u{301}", among: ["limit"]) == "limit")
        #expect(EditDistance.nearest(to: "limit\u{1F4B6}\u{1F4B6}\u{1F4B6}", among: ["limit"]) == nil)
    }

    @Test func `a name that would be typed anew is not suggested`() {
        #expect(EditDistance.nearest(to: "ab", among: ["xy"]) == nil)
    }
}
