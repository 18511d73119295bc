import Testing

@testable import Basics

struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 3), ("abc", "acb", 1), ("ab", "ba", 1),
        ("schedule", "shcedule", 1), ("abcd", "abd", 1), ("ca", "abc", 3),
    ])
    func `edits are insertions, deletions, substitutions and swaps`(left: String, right: String, distance: Int) {
        #expect(EditDistance.between(Array(left), Array(right)) == distance)
        #expect(EditDistance.between(Array(right), Array(left)) == distance)
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

    @Test func `a name that would be typed anew is not suggested`() {
        #expect(EditDistance.nearest(to: "ab", among: ["xy"]) == nil)
    }
}
