import Config
import Foundation
import Tape
import Testing
import TopLists
import Workers

@testable import Merging

struct MergeConfigTests {
    private static func shipped() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "config/toplist.json"), encoding: .utf8)
    }

    private static func read(_ text: String) -> (config: MergeConfig?, issues: [String]) {
        let context = ConfigContext(file: "toplist.json", environment: [:])
        let config = context.reader(of: Array(text.utf8)).flatMap(MergeConfig.init)
        return (config, context.issues.map { "\($0.path): \($0.message)" })
    }

    /// The shipped config with one text in it replaced by another.
    private static func issues(replacing old: String, with new: String) throws -> [String] {
        let text = try shipped()
        try #require(text.contains(old))
        return read(text.replacing(old, with: new)).issues
    }

    @Test func `the shipped config is the shipped join`() throws {
        let (read, issues) = Self.read(try Self.shipped())
        #expect(issues == [])
        let config = try #require(read)
        #expect(config.plan == .toplist)
        #expect(config.worker.name == "toplist" && config.stream == "toplist")
        #expect(config.sources.map(\.streams) == [["rank"], ["price"]])
        #expect(
            config.sources.allSatisfy {
                $0.every == .every(.seconds(60)) && $0.margin == .seconds(60) && !$0.isOptional
            })
        #expect(config.grace == .seconds(58))
        #expect(config.retain == .seconds(7 * 86_400))
    }

    @Test func `history may be kept for ever, if that is written`() throws {
        let text = try Self.shipped()
        let forever = try #require(Self.read(text.replacing(#""7d""#, with: #""forever""#)).config)
        #expect(forever.retain == nil)
        let unsaid = try #require(Self.read(text.replacing(#""retain": "7d""#, with: "")).config)
        #expect(unsaid.retain == .seconds(7 * 86_400))
    }

    @Test(arguments: [
        (
            "rank.symbol", "rnk.symbol",
            #"columns[1].origin: names the source "rnk" (did you mean rank?); the sources are rank, price"#
        ),
        ("rank.symbol", "symbol", #"columns[1].origin: should be position, key, or <source>.<member>, not "symbol""#),
        (#""decimal""#, #""decmal""#, "columns[2].type: should be one of integer, decimal, string"),
        (#""min": "0""#, #""min": "none""#, #"columns[2].min: should be a decimal in quotes, such as "0""#),
        (#""name": "price""#, #""name": "rank""#, "sources[1].name: is another source's name too"),
        (#""margin": "60s"}"#, #""optional": true}"#, "sources: the first source gives the order"),
        (#""margin": "60s"}"#, #""every": "90s"}"#, "sources[0].every: should be a multiple of 60s"),
        (#""streams": ["price"]"#, #""streams": []"#, "sources[1].streams: needs at least 1, not 0"),
        (#""member": "id""#, #""membre": "id""#, "key.membre: unknown key (did you mean member?)"),
        (#""grace": "58s""#, #""grace": "58""#, "grace: should be a duration"),
        (#""retain": "7d""#, #""retain": "60s""#, "history.retain: should be a duration of 10m or more"),
        (#""stream": "toplist""#, "", "publish.stream: missing"),
    ])
    func `a mistake is told with its place`(old: String, new: String, issue: String) throws {
        let issues = try Self.issues(replacing: old, with: new)
        #expect(issues.contains { $0.hasPrefix(issue) }, "\(issues)")
    }

    @Test func `a list needs a source and a column`() {
        let (config, issues) = Self.read(
            #"{"worker":"merge","name":"t","sources":[],"columns":[],"key":{"member":"id"},"publish":{"stream":"t"}}"#)
        #expect(config == nil)
        #expect(issues == ["sources: needs at least 1, not 0", "columns: needs at least 1, not 0"])
    }
}
