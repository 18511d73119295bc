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

    /// How many objects, joined by commas, a text is; throws when it is not exactly that.
    package static func count(in json: [UInt8]) throws(JSONSyntaxError) -> Int {
        guard !json.isEmpty else { return 0 }
        let text = json.span
        var lexer = JSONLexer()
        var count = 0
        while true {
            try take(.beginObject, from: &lexer, in: text)
            count += 1
            var token = try lexer.next(in: text)
            while token.kind != .endObject {
                guard case .string = token.kind else { throw unexpected(token) }
                try take(.colon, from: &lexer, in: text)
                let value = try lexer.next(in: text)
                switch value.kind {
                case .string, .number, .true, .false, .null: break
                default: throw unexpected(value)
                }
                token = try lexer.next(in: text)
                guard token.kind != .endObject else { break }
                guard token.kind == .comma else { throw unexpected(token) }
                token = try lexer.next(in: text)
                guard token.kind != .endObject else { throw unexpected(token) }
            }
            let next = try lexer.next(in: text)
            if next.kind == .end { return count }
            guard next.kind == .comma else { throw unexpected(next) }
        }
    }

    private static func take(
        _ kind: JSONToken.Kind, from lexer: inout JSONLexer, in text: Span<UInt8>
    ) throws(JSONSyntaxError) {
        let token = try lexer.next(in: text)
        guard token.kind == kind else { throw unexpected(token) }
    }

    private static func unexpected(_ token: JSONToken) -> JSONSyntaxError {
        JSONSyntaxError("unexpected \(token.kind == .end ? "end" : "token")", at: token.range.lowerBound)
    }
}
