/// The path and the query of a request target, in origin form or, as proxies send it, in absolute form.
struct RequestTarget: Equatable {
    let path: Substring
    let query: Substring

    init(_ text: String) {
        var rest = text[...]
        // Hardly ever; and a regular expression takes its time.
        if !rest.hasPrefix("/"), let scheme = rest.prefixMatch(of: /https?:\/\/[^\/?]*/.ignoresCase()) {
            rest = rest[scheme.range.upperBound...]
        }
        let mark = rest.firstIndex(of: "?") ?? rest.endIndex
        path = mark == rest.startIndex ? "/" : rest[..<mark]
        query = rest[mark...].dropFirst()
    }
}
