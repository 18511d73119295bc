/// A JSON array of flat objects, as `rows` fields hold them.
package enum FlatRows {
    /// Each object's text, a line each.
    package static func lines(of json: [UInt8]) throws(JSONSyntaxError) -> [String] {
        var lexer = JSONLexer()
        var lines: [String] = []
        var start = 0
        while true {
            let token = try lexer.next(in: json.span)
            switch token.kind {
            case .beginObject: start = token.range.lowerBound
            case .endObject: lines.append(String(decoding: json[start..<token.range.upperBound], as: UTF8.self))
            case .end: return lines
            default: break
            }
        }
    }
}
