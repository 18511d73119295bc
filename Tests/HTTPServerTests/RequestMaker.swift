import Foundation
import TestSupport

/// Makes requests as browsers, curl, proxies and attackers do: most of them good, some of them odd, a few of them broken.
struct RequestMaker {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func next() -> [UInt8] {
        var lines = ["\(method()) \(target()) \(oneIn(40) ? one(["HTTP/1.0", "HTTP/2.0", "HTTP/1.1 "]) : "HTTP/1.1")"]
        if !oneIn(60) { lines.append("\(cased("Host")): \(one(["a", "localhost:6667", "", "[::1]:80", "a b"]))") }
        for _ in 0..<Int.random(in: 0...6, using: &generator) { lines.append(field()) }
        var body = ""
        if oneIn(8) {
            body = String(repeating: "x", count: Int.random(in: 0...20, using: &generator))
            lines.append("Content-Length: \(oneIn(10) ? "\(body.utf8.count + 1)" : "\(body.utf8.count)")")
        } else if oneIn(8) {
            // No white space behind it: llhttp does not allow what RFC 9110, section 5.5, does.
            lines.append("\(cased("Transfer-Encoding")):\(one([" ", "", "\t"]))\(oneIn(10) ? "Chunked" : "chunked")")
            body = chunks()
        }
        var bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        if oneIn(10) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: place)
            default: bytes.insert(one([0x0D, 0x0A, 0x20, 0x09, 0x3A, 0x00, 0x30]), at: place)
            }
        }
        return bytes
    }

    private mutating func chunks() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let size = Int.random(in: 1...20, using: &generator)
            let digits = oneIn(4) ? "0" + String(size, radix: 16).uppercased() : String(size, radix: 16)
            let mistake = oneIn(30) ? 1 : 0
            text += digits + (oneIn(5) ? one([";a=b", ";a=\"b;\\\"\"", ";", " ", ";a;b"]) : "") + "\r\n"
            text += String(repeating: "y", count: size + mistake) + "\r\n"
        }
        return text + "0\r\n" + (oneIn(5) ? "Trailer: 1\r\n" : "") + (oneIn(30) ? "" : "\r\n")
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
        if oneIn(15) { parameters.append("datetime=\(one(["now", "-1m", "x", "2020-01-01", ""]))") }
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
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT", "x", "",
        ]
        let matches = ["\"x\"", "W/\"x\"", "*", "\"x\", \"y\"", "\"", ""]
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
                "Range", "If-Match", "If-Unmodified-Since", "If-Range", "Expect", "Upgrade", "TE",
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

    private mutating func one<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int.random(in: choices.indices, using: &generator)]
    }
}
