import Basics
import JSON

/// How a line is written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// For people: time, level, worker, event, then `key=value`.
    case text
    /// One JSON object a line.
    case json

    /// The line's bytes, including the newline at the end, which is the only one.
    package func render(_ line: LogLine) -> [UInt8] {
        switch self {
        case .text: Self.text(line)
        case .json: Self.json(line)
        }
    }

    private static func text(_ line: LogLine) -> [UInt8] {
        var output = Array("\(line.time.rfc3339) \(line.level) ".utf8)
        SafeText.appendWord(line.worker, to: &output)
        output.append(UInt8(ascii: " "))
        SafeText.appendWord(line.event, to: &output)
        for field in line.fields {
            output.append(UInt8(ascii: " "))
            SafeText.appendWord(field.key, to: &output)
            output.append(UInt8(ascii: "="))
            SafeText.appendWord(field.value, to: &output)
        }
        return output + [UInt8(ascii: "\n")]
    }

    private static func json(_ line: LogLine) -> [UInt8] {
        let head = [
            LogLine.Field(LogKey.time, line.time.rfc3339), LogLine.Field(LogKey.level, "\(line.level)"),
            LogLine.Field(LogKey.worker, line.worker), LogLine.Field(LogKey.event, line.event),
        ]
        let object = JSONWriter.object(capacity: 512) { writer in
            for field in head + line.fields {
                writer.member(field.key, field.value, escaping: SafeText.mustBeEscaped)
            }
        }
        return object + [UInt8(ascii: "\n")]
    }
}
