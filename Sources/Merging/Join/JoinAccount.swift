/// Where every row of a join went, and a few examples of those that did not come out.
package struct JoinAccount: Equatable, Sendable {
    /// Keys that every source has that is not optional.
    package var matched = 0
    /// For each source by its place: keys that it has and that are not matched.
    package var only: [Int]
    /// Rows behind the first one of their key, in any source.
    package var duplicates = 0
    /// Matched keys whose label differs between sources, other than in case.
    package var conflicts = 0
    /// Matched keys without a good value in a required column; they are counted in `matched` too.
    package var unpriced = 0
    /// Rows without a key.
    package var noKey = 0
    /// The first five examples each of `no_key`, `duplicates`, `conflicts` and `unpriced`; missing if there is none.
    package private(set) var samples: [String: [String]] = [:]

    private static let mostSamples = 5

    init(sources: Int) {
        only = Array(repeating: 0, count: sources)
    }

    /// Keeps the first few examples of a kind.
    mutating func sample(_ kind: String, _ text: String) {
        guard samples[kind, default: []].count < Self.mostSamples else { return }
        samples[kind, default: []].append(text)
    }
}
