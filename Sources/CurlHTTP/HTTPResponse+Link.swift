extension HTTPResponse {
    /// The URL reference of the `Link` header whose relation is `next` (RFC 8288); nil if there is none.
    package var nextLink: String? {
        for header in headers where header.name.lowercased() == "link" {
            for link in Self.links(header.value) {
                guard let close = link.firstIndex(of: ">"), link.first == "<" else { continue }
                let parameters = link[close...].dropFirst().split(separator: ";").map { $0.drop { $0 == " " } }
                let isNext = parameters.contains { parameter in
                    guard parameter.lowercased().hasPrefix("rel=") else { return false }
                    return parameter.dropFirst(4).filter { $0 != "\"" }.lowercased().split(separator: " ").contains(
                        "next")
                }
                if isNext { return String(link[..<close].dropFirst()) }
            }
        }
        return nil
    }

    /// Splits a header at the commas that are neither within `<>` nor within quotes.
    private static func links(_ header: String) -> [Substring] {
        var links: [Substring] = []
        var start = header.startIndex
        var (isInURL, isInQuotes) = (false, false)
        for index in header.indices {
            switch header[index] {
            case "<" where !isInQuotes: isInURL = true
            case ">" where !isInQuotes: isInURL = false
            case "\"" where !isInURL: isInQuotes.toggle()
            case "," where !isInURL && !isInQuotes:
                links.append(header[start..<index])
                start = header.index(after: index)
            default: break
            }
        }
        return (links + [header[start...]]).map { $0.drop { $0 == " " || $0 == "\t" } }
    }
}
