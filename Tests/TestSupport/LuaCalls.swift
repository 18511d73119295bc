import Foundation
package import Redis

/// The commands that a script's source calls, and on which of its keys, as far as that stands there.
package struct LuaCalls: Sendable {
    package struct Call: Hashable, Sendable {
        /// `XINFO STREAM`, `SET`.
        package let words: String
        /// From 0; nil where the source reckons it, or the command has none.
        package let key: Int?
    }

    package let name: String
    package let calls: Set<Call>

    /// All scripts of a target.
    package static func all(of target: String) throws -> [LuaCalls] {
        let folder = repository.appendingPathComponent("Sources/\(target)/Scripts")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".lua") }.sorted()
            .map { file in
                let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                return LuaCalls(name: String(file.dropLast(4)), source)
            }
    }

    init(name: String, _ source: String) {
        self.name = name
        var calls: Set<Call> = []
        for match in source.matches(of: /redis\.p?call\(\s*'([A-Z]{3,})'(?:, '([A-Z]+)')?(?:,\s*KEYS\[([^\]]+)\])?/) {
            let words = match.1 == "XINFO" ? "\(match.1) \(match.2 ?? "")" : String(match.1)
            calls.insert(Call(words: words, key: match.3.flatMap { Int($0) }.map { $0 - 1 }))
        }
        // Put together first, or for `denied`.
        for match in source.matches(of: /\{'([A-Z]{3,})',\s*KEYS\[([^\]]+)\]/) {
            calls.insert(Call(words: String(match.1), key: Int(match.2).map { $0 - 1 }))
        }
        self.calls = calls
    }

    /// What is wrong where each call of a target's scripts should be in the needs of whoever runs it.
    ///
    /// `scripts` are all of the target's by name, with the keys that each is given and the needs that have to cover it.
    package static func uncovered(
        in target: String, by scripts: [String: (keys: [String], needs: [RedisNeed])]
    ) throws -> [String] {
        let found = try all(of: target)
        var wrong = Set(scripts.keys).subtracting(found.map(\.name)).map { "there is no \($0).lua" }
        for script in found {
            guard let (keys, needs) = scripts[script.name], !script.calls.isEmpty else {
                wrong.append("\(script.name).lua is not looked at, or calls nothing")
                continue
            }
            for call in script.calls {
                let isThere = needs.contains { need in
                    need.words == call.words && (call.key.map { keys[$0] == need.key } ?? true)
                }
                if !isThere { wrong.append("\(script.name).lua: \(call)") }
            }
        }
        return wrong
    }

    /// The names of the commands that the Swift sources of these targets send.
    package static func sent(by targets: [String]) throws -> Set<String> {
        var names: Set<String> = []
        for target in targets {
            let folder = repository.appendingPathComponent("Sources/\(target)")
            let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            for file in files where file.hasSuffix(".swift") {
                let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                for match in source.matches(of: /RedisCommand\(\s*"([A-Z]+)"/) { names.insert(String(match.1)) }
            }
        }
        return names
    }

    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
