import Config
import Foundation
import TestSupport
import Testing

@testable import Assembly

/// What is said about configs that are wrong: all of it, at its place, and no secret in it.
@Suite struct BrokenConfigTests {
    /// The lines that loading these files gives, in a folder of their own.
    private func lines(
        _ files: [(name: String, text: String)], environment: [String: String] = [:], requiringNeeds: Bool = false
    ) throws -> [String] {
        let folder = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in files {
            try file.text.write(toFile: "\(folder)/\(file.name)", atomically: true, encoding: .utf8)
        }
        do throws(ConfigIssues) {
            _ = try ConfigFiles.load(
                files.map { "\(folder)/\($0.name)" }, environment: environment, requiringNeeds: requiringNeeds)
            return []
        } catch {
            return "\(error)".replacing("\(folder)/", with: "").components(separatedBy: "\n")
        }
    }

    @Test(arguments: BrokenConfig.all)
    func `every mistake is told in one line at its place`(config: BrokenConfig) throws {
        for change in config.changes where change.old != "*" { #expect(config.base.text.contains(change.old)) }
        let lines = try lines([("\(config.base.rawValue).json", config.text)], environment: config.environment)
        #expect(lines == config.lines)
        #expect(!lines.joined().contains("canary"))
    }

    @Test func `the configs are right without their mistakes`() throws {
        #expect(BrokenConfig.all.count >= 40)
        for base in [BrokenConfig.Base.fetch, .merge, .archive, .project, .api] {
            #expect(try lines([("a.json", base.text)]) == [])
        }
        let all = [BrokenConfig.Base.fetch, .merge, .archive, .project, .api].map { ("\($0.rawValue).json", $0.text) }
        #expect(try lines(all) == [])
    }

    @Test func `mistakes of several files come in the order of the files`() throws {
        let files = [("b.json", "{}"), ("a.json", "[]")]
        #expect(
            try lines(files) == [
                "b.json:1:1: worker: missing: The kind of worker.", "a.json:1:1: should be an object, not an array",
            ])
    }

    @Test func `two configs must not publish to one stream of one Redis`() throws {
        let fetch = BrokenConfig.Base.fetch.text
        let elsewhere = fetch.replacing(#""filter""#, with: #""redis": {"prefix": "x:"}, "filter""#)
        #expect(try lines([("a.json", fetch), ("b.json", elsewhere)]) == [])
        let folder = try lines([("a.json", fetch), ("b.json", fetch)])
        #expect(folder == ["b.json:7:25: publish.stream: a.json publishes to mood too"])
        func at(_ url: String) -> String {
            fetch.replacing(#""filter""#, with: #""redis": {"url": "\#(url)"}, "filter""#)
        }
        let first = at("redis://localhost:6379/1")
        #expect(try lines([("a.json", first), ("b.json", at("redis://localhost:6379/2"))]) == [])
        #expect(try lines([("a.json", first), ("b.json", at("redis://me:canary@localhost/1"))]).count == 1)
    }

    @Test func `feeds that share a budget must mean one plan`() throws {
        let fetch = BrokenConfig.Base.fetch.text
        func feed(_ stream: String, _ budget: String) -> String {
            fetch.replacing(#""stream": "mood""#, with: #""stream": "\#(stream)""#)
                .replacing(#""filter""#, with: #""budget": \#(budget), "filter""#)
        }
        let first = feed("a", #"{"name": "p", "plan": 10}"#)
        #expect(try lines([("a.json", first), ("b.json", feed("b", #"{"name": "p", "plan": 10}"#))]) == [])
        #expect(try lines([("a.json", first), ("b.json", feed("b", #"{"plan": 20}"#))]) == [])
        for other in [#"{"name": "p", "plan": 20}"#, #"{"name": "p", "plan": 10, "period": "1d"}"#] {
            let issues = try lines([("a.json", first), ("b.json", feed("b", other))])
            #expect(issues == ["b.json:6:13: budget: is another plan than that of a.json, and has its name"])
        }
    }

    @Test func `a source must know the period of its feed, and look back no further than it keeps`() throws {
        let feed = BrokenConfig.Base.fetch.text.replacing(#""5m""#, with: #""10m""#)
            .replacing(#""stream": "mood""#, with: #""stream": "mood", "retain": "5m""#)
        let merge = BrokenConfig.Base.merge.text.replacing(#""margin": "5m""#, with: #""margin": "3h""#)
        #expect(
            try lines([("mood.json", feed), ("toplist.json", merge)]) == [
                "toplist.json:6:52: sources[1].every: is 5m, but mood is fetched every 10m",
                "toplist.json:6:68: sources[1].margin: is 3h, but mood is kept for 2h only",
            ])
    }

    @Test func `an api serves columns that its list has`() throws {
        let api = BrokenConfig.Base.api.text.replacing(#""Mood""#, with: #""mood""#)
        #expect(
            try lines([("api.json", api), ("toplist.json", BrokenConfig.Base.merge.text)]) == [
                #"api.json:5:23: list.columns: toplist has no column "mood" (did you mean Mood?)"#
            ])
    }

    @Test func `a worker that is to run needs its variables, or another server`() throws {
        let feed = BrokenConfig.Base.fetch.text
            .replacing(#""filter""#, with: #""needs": ["MOOD_KEY", "MOOD_NAME"], "filter""#)
            .replacing("http://127.0.0.1:8099", with: "${MOOD_URL:-http://127.0.0.1:8099}")
        func needed(_ environment: [String: String], _ requiringNeeds: Bool = true) throws -> [String] {
            try lines([("mood.json", feed)], environment: environment, requiringNeeds: requiringNeeds)
        }
        #expect(
            try needed(["MOOD_NAME": "x", "MOOD_KEY": ""]) == [
                "mood.json:6:12: needs: set MOOD_KEY, or MOOD_URL for a server that needs no key"
            ])
        #expect(try needed(["MOOD_NAME": "x", "MOOD_KEY": "y"]) == [])
        #expect(try needed(["MOOD_URL": "http://localhost"]) == [])
        #expect(try needed([:], false) == [])
    }

    @Test func `a file that is not there is told with its name`() throws {
        #expect {
            try ConfigFiles.load(["/nonexistent/a.json"], environment: [:], requiringNeeds: false)
        } throws: {
            "\($0)" == "/nonexistent/a.json: the file cannot be read"
        }
    }
}
