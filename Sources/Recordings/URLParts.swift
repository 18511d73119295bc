import Basics

/// A URL, taken apart as far as it takes to ask another server for the same.
///
/// A server that plays a recording has the host as the first part of its paths: `https://api.example.com/v1?a=b` is
/// `/api.example.com/v1?a=b` there.
package struct URLParts: Equatable, Sendable {
    package let scheme: String
    /// With the port, if there is one, and without a user.
    package let host: String
    /// Begins with a slash, or is empty.
    package let path: String
    /// nil if there is no question mark.
    package let query: String?

    /// nil without a scheme or a host.
    package init?(_ url: String) {
        guard let mark = url.firstRange(of: "://"), mark.lowerBound > url.startIndex else { return nil }
        scheme = String(url[..<mark.lowerBound])
        let rest = url[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        host = String(authority.split(separator: "@", omittingEmptySubsequences: false).last ?? "")
        guard !host.isEmpty else { return nil }
        let sides = rest.dropFirst(authority.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(sides.first ?? "")
        query = sides.count > 1 ? String(sides[1]) : nil
    }

    /// The URL on a server that plays a recording.
    package func moved(to base: String) -> String {
        "\(base)/\(host)\(path)" + (query.map { "?\($0)" } ?? "")
    }
}
