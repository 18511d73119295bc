/// Names for URLs.
enum Slug {
    /// The ASCII letters and digits in lower case, followed by the id, which makes it unique.
    static func text(_ name: String, id: Int) -> String {
        let kept = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return kept.isEmpty ? "\(id)" : "\(kept)-\(id)"
    }
}
