import Basics

/// The path and the query of a request target, in origin form or, as proxies send it, in absolute form.
struct RequestTarget: Equatable {
    let path: Substring
    let query: Substring

    init(_ text: String) {
        let bytes = text.utf8
        var start = bytes.startIndex
        for scheme in ["http://", "https://"] where bytes.lazy.map(lowercased).starts(with: scheme.utf8) {
            let authority = bytes.dropFirst(scheme.utf8.count)
            start = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? bytes.endIndex
        }
        let mark = bytes[start...].firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        path = mark == start ? "/" : text[start..<mark]
        query = mark == bytes.endIndex ? "" : text[bytes.index(after: mark)...]
    }
}
