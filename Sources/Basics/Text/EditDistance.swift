/// The nearest known name to a mistyped one, for «did you mean …?».
package enum EditDistance {
    /// The closest candidate within a third of the word's length (at least two edits); the first one if several are equally
    /// close.
    ///
    /// Lengths are in Unicode scalars. The cost is bounded: a word that is too long is not compared at all.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let candidates = candidates.map { (name: $0, scalars: Array($0.lowercased().unicodeScalars)) }
        // The distance is at least the difference in length, and the limit is at most about the candidate's length; a scalar has
        // up to four bytes.
        let longest = candidates.reduce(0) { max($0, $1.scalars.count) }
        guard word.utf8.count < 8 * longest else { return nil }
        let limit = max(2, word.unicodeScalars.count / 3)
        let scalars = Array(word.lowercased().unicodeScalars)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let most = min(limit, candidate.scalars.count - 1, (best?.distance ?? .max) - 1)
            guard abs(scalars.count - candidate.scalars.count) <= most else { continue }
            let distance = between(scalars, candidate.scalars)
            if distance <= most { best = (candidate.name, distance) }
        }
        return best?.name
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    static func between(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let substitution = last[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(last[column + 1] + 1, current[column] + 1, substitution)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
