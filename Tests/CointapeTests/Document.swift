import Foundation

/// The commands of a Markdown page, each with the output that the page shows for it.
struct Document {
    struct Block {
        let commands: String
        let output: String?
    }

    let blocks: [Block]

    init(_ path: String) throws {
        let text = try String(contentsOfFile: "\(Repository.path)/\(path)", encoding: .utf8)
        var fences: [(language: String, body: String)] = []
        var open: (language: String, lines: [String])?
        for line in text.components(separatedBy: "\n") {
            if let fence = open {
                if line == "```" {
                    fences.append((fence.language, fence.lines.joined(separator: "\n")))
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if line.hasPrefix("```") {
                open = (String(line.dropFirst(3)), [])
            }
        }
        blocks = fences.indices.compactMap { index in
            guard fences[index].language == "sh" else { return nil }
            let next = fences.indices.contains(index + 1) ? fences[index + 1] : nil
            return Block(commands: fences[index].body, output: next?.language == "text" ? next?.body : nil)
        }
    }

    /// The text with everything that differs from minute to minute taken out: numbers, ids and digests.
    static func shape(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing(/[0-9a-f]{64}/, with: "#")
            .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/, with: "#")
            .replacing(/\b[0-9a-f]{11}\b/, with: "#").replacing(/\d+(\.\d+)?/, with: "#").replacing(/[ ]+/, with: " ")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
