/// A value in a config file, and its position.
struct ConfigNode: Equatable, Sendable {
    indirect enum Value: Equatable, Sendable {
        case object([Member])
        case array([ConfigNode])
        case string(String)
        /// The digits as written.
        case number(String)
        case bool(Bool)
        case null
    }

    struct Member: Equatable, Sendable {
        let name: String
        let position: SourcePosition
        let node: ConfigNode
    }

    let value: Value
    let position: SourcePosition

    /// For messages: `the number 60`, `an object`.
    var described: String {
        switch value {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number(let digits): "the number \(digits)"
        case .bool(let value): "\(value)"
        case .null: "null"
        }
    }
}

/// A position in a text: line and column count from 1, and columns are characters.
package struct SourcePosition: Equatable, Comparable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    /// `12:5`, as shown after a file's name in messages.
    package var description: String { "\(line):\(column)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    static func of(offset: Int, in text: [UInt8]) -> SourcePosition {
        let before = text.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return SourcePosition(line: line, column: String(decoding: text[lineStart..<offset], as: UTF8.self).count + 1)
    }
}

extension SourcePosition {
    package static let start = SourcePosition(line: 1, column: 1)
}
