import Foundation
import TestSupport

/// Makes requests as browsers, curl, proxies and attackers do: most of them good, some of them odd, a few of them broken.
struct RequestMaker {
    private var generator: SeededGenerator
    /// An entity tag, a date and a minute that the server knows.
    private let tags: [String]
    private let modified: String
    private let minute: String

    init(seed: UInt64, tags: [String], modified: String, minute: String) {
        generator = SeededGenerator(seed: seed)
        self.tags = tags
        self.modified = modified
        self.minute = minute
    }

    struct Request {
        let bytes: [UInt8]
        /// Whether it ends with its head, as far as its maker knows.
        let isPlain: Bool

        var isHEAD: Bool { bytes.starts(with: "HEAD ".utf8) }
    }

    /// Where to cut it in two, now and then.
    mutating func split(of bytes: [UInt8]) -> Int? {
        oneIn(3) && bytes.count > 1 ? Int.random(in: 1..<bytes.count, using: &generator) : nil
    }

    mutating func next() -> Request {
        var lines = ["\(method()) \(target()) \(oneIn(40) ? one(["HTTP/1.0", "HTTP/2.0", "HTTP/1.1 "]) : "HTTP/1.1")"]
        if !oneIn(60) { lines.append("\(cased("Host")): \(one(["a", "localhost:6667", "", "[::1]:80", "a b"]))") }
        for _ in 0..<Int.random(in: 0...6, using: &generator) { lines.append(field()) }
        let hasBody = oneIn(25)
        var body = ""
        if hasBody {
            body = String(repeating: "x", count: Int.random(in: 0...20, using: &generator))
            lines.append("Content-Length: \(body.utf8.count)")
        }
        var bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        let isBroken = oneIn(20)
        let isChunked = lines.contains { $0.lowercased().hasPrefix("transfer-encoding:") }
        if isBroken {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
        }
        return Request(bytes: bytes, isPlain: !hasBody && !isBroken && !isChunked)
    }

    private mutating func method() -> String {
        let often = ["GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "HEAD"]
        return oneIn(20) ? one(["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "GETT"]) : one(often)
    }

    private mutating func target() -> String {
        if oneIn(30) {
            return one([
                "*", "//", "/x", "/healthz", "http://a/", "http://a/?limit=3", "https://a?limit=2", "/openapi.yaml",
                "/#a", "x",
            ])
        }
        var parameters: [String] = []
        if !oneIn(4) {
            let odd = ["0", "-1", "abc", "%33", "+3", " 3", "99999999999999999999", "3.0", "\u{0663}", ""]
            parameters.append(
                "limit=\(oneIn(12) ? one(odd) : one(["1", "2", "3", "100", "199", "200", "201", "0007", "10000"]))")
        }
        if !oneIn(3) {
            parameters.append(
                "format=\(oneIn(12) ? one(["xml", "CSV ", "%43SV", "", "csv;", "JSN"]) : one(["JSON", "CSV", "csv", "Json"]))"
            )
        }
        if oneIn(15) { parameters.append("datetime=\(one(["now", "-1m", minute, "x", "2020-01-01", ""]))") }
        if oneIn(25) { parameters.append(one(["limit=1", "Limit=3", "a=b", "limit", "=", "%zz=1", "format"])) }
        parameters.shuffle(using: &generator)
        let query = parameters.joined(separator: oneIn(30) ? "&&" : "&")
        if query.isEmpty { return oneIn(3) ? "/?" : "/" }
        return "/?" + query
    }

    private mutating func field() -> String {
        let types = [
            "text/csv", "application/json", "*/*", "text/*;q=0.5", "text/csv;q=0", "text/csv;q=0.9, application/json",
            "", "a;q=x", "TEXT/CSV",
        ]
        let codings = [
            "gzip", "gzip, deflate, br", "identity", "gzip;q=0", "*", "*;q=0", "x-gzip", "identity;q=0, gzip", "",
            "gzip;q=1.5", "GZIP",
        ]
        let agents = [
            "curl/7.88.1", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "\u{FC}",
        ]
        let dates = [
            modified, "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT", "x", "",
        ]
        let tag = one(tags)
        let matches = [tag, "W/\(tag)", "*", "\"x\"", "\"x\", \(tag)", "\"x\" \(tag)", "\"", "", "\(tag), *"]
        switch Int.random(in: 0..<20, using: &generator) {
        case 0...3: return line("Accept", one(types))
        case 4...7: return line("Accept-Encoding", one(codings))
        case 8...9: return line("If-None-Match", one(matches))
        case 10: return line("If-Modified-Since", one(dates))
        case 11...14: return line("User-Agent", one(agents))
        case 15: return line("Cookie", "a=\(Int.random(in: 0...9, using: &generator))")
        case 16: return line("Connection", one(["keep-alive", "close", "Keep-Alive, x", "upgrade", "te", ""]))
        case 17: return line("Cache-Control", one(["no-cache", "max-age=0", "no-store"]))
        case 18:
            let names = [
                "Range", "If-Match", "If-Unmodified-Since", "If-Range", "Expect", "Upgrade", "Transfer-Encoding", "TE",
                "Trailer", "X", "Origin", "Authorization",
            ]
            return line(one(names), one(["bytes=0-9", "\"x\"", "100-continue", "chunked", "websocket", "1", ""]))
        default: return one([" folded", "no colon", "a : b", ":", "Accept :text/csv", "A: \u{1}"])
        }
    }

    private mutating func line(_ name: String, _ value: String) -> String {
        "\(cased(name)):\(one([" ", " ", " ", "", "  ", "\t"]))\(value)\(oneIn(10) ? one([" ", "\t "]) : "")"
    }

    private mutating func cased(_ name: String) -> String {
        oneIn(5) ? one([name.lowercased(), name.uppercased()]) : name
    }

    private mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }

    private mutating func one(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "" }
}
