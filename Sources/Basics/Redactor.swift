/// Hides secrets in whatever is about to be printed, by their values: plain, and percent-encoded as in a URL.
package struct Redactor: Sendable {
    private let needles: [String]
    package static let mask = "***"

    /// Values shorter than 6 characters are not hidden: they would mask ordinary text.
    package init(secrets: some Sequence<String> = []) {
        let long = Set(secrets).filter { $0.utf8.count >= 6 }
        // The longest first: a secret that contains another must not leave its rest behind.
        needles = Set(long.flatMap { [$0, PercentEncoding.encode($0), PercentEncoding.encode($0).lowercased()] })
            .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    package func callAsFunction(_ text: String) -> String {
        needles.reduce(text) { $0.replacing($1, with: Self.mask) }
    }
}
