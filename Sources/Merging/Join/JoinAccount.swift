/// Counts what happened to every row of a join, with a few examples of rows that were dropped.
package struct JoinAccount: Equatable, Sendable {
    /// Keys that every required source has.
    package var matched = 0
    /// For each source, by index: its keys that are not matched.
    package var only: [Int]
    /// Rows after the first one with the same key, in any source.
    package var duplicates = 0
    /// Matched keys whose labels differ between sources, ignoring case.
    package var conflicts = 0
    /// Matched keys without a valid value in a required column; they are also counted in `matched`.
    package var unpriced = 0
    /// Rows without a key.
    package var noKey = 0
    /// For each column, by index: values of the list's rows that are not of the column's type, or below its minimum.
    ///
    /// A value that is null or missing is not counted.
    package var unreadable: [Int]
    /// Up to five examples each for `no_key`, `duplicates`, `conflicts`, `unpriced` and `unreadable_<column>`; kinds without
    /// examples are missing.
    package private(set) var samples: [String: [String]] = [:]

    private static let mostSamples = 5

    init(sources: Int, columns: Int) {
        only = Array(repeating: 0, count: sources)
        unreadable = Array(repeating: 0, count: columns)
    }

    /// Keeps the first few examples of each kind.
    mutating func sample(_ kind: String, _ text: String) {
        guard samples[kind, default: []].count < Self.mostSamples else { return }
        samples[kind, default: []].append(text)
    }
}
