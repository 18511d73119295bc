import Foundation
import Testing

/// The documentation as a whole: nothing that it names is missing, and none of its pages is left untested.
@Suite struct DocumentationTests {
    /// Pages whose commands build, test or measure for minutes, as parts of scripts/test do: here only that they are there.
    private static let long = ["CONTRIBUTING.md", "docs/howto/test.md", "docs/reference/faults.md"]

    /// All Markdown pages of the repository.
    private static func pages() throws -> [String] {
        let docs = try #require(FileManager.default.enumerator(atPath: "\(Repository.path)/docs"))
        let found = docs.compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        return ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] + found.sorted()
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Repository.path)/\(path)", encoding: .utf8)
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(Repository.path)/\(path)")
    }

    /// Without what stands between fences, where nothing is a link or a heading.
    private static func prose(_ text: String) -> [Substring] {
        var isCode = false
        return text.split(separator: "\n").filter { line in
            if line.hasPrefix("```") {
                isCode.toggle()
                return false
            }
            return !isCode
        }
    }

    /// What a link to a heading ends with, as GitHub makes it of the heading.
    private static func anchors(_ path: String) throws -> Set<String> {
        Set(
            prose(try text(path)).filter { $0.hasPrefix("#") }.map { heading in
                let words = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                return String(words.filter { $0.isLetter || $0.isNumber || " -_".contains($0) })
                    .replacing(" ", with: "-")
            })
    }

    @Test func `each page with commands has them run by a test`() throws {
        for page in try Self.pages() where try !Document(page).blocks.isEmpty {
            #expect(
                (DocumentTests.pages + [MoveTests.page, SentinelTests.page, ClusterTests.page]).contains(page)
                    || Self.long.contains(page),
                "\(page) is run by no test")
        }
    }

    @Test func `scripts that the pages run are there`() throws {
        var found = 0
        for page in Self.long + ["README.md"] {
            for block in try Document(page).blocks {
                for script in block.commands.matches(of: /(?:^|\s)(scripts\/[\w\/.-]+)/.anchorsMatchLineEndings()) {
                    let path = "\(Repository.path)/\(script.1)"
                    #expect(FileManager.default.isExecutableFile(atPath: path), "\(page): \(script.1)")
                    found += 1
                }
            }
        }
        #expect(found > 8)
    }

    @Test func `each link leads to a file of the repository, and to a heading that it has`() throws {
        var found = 0
        for page in try Self.pages() {
            let folder = URL(filePath: "/\(page)").deletingLastPathComponent()
            for link in Self.prose(try Self.text(page)).joined(separator: "\n").matches(of: /\]\(([^)\s]+)\)/) {
                let parts = link.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                guard !link.1.contains("://") else { continue }
                let path =
                    parts[0].isEmpty
                    ? page : String(folder.appending(path: String(parts[0])).standardized.path.dropFirst())
                try #require(Self.exists(path), "\(page): \(link.1)")
                found += 1
                guard parts.count > 1 else { continue }
                #expect(try Self.anchors(path).contains(String(parts[1])), "\(page): \(link.1)")
            }
        }
        #expect(found > 50)
    }

    @Test func `each page is found from the README or from the map of the documentation`() throws {
        let map = try Self.text("docs/README.md")
        let decisions = try Self.text("docs/decisions/README.md")
        for page in try Self.pages() where page.hasPrefix("docs/") && !page.hasSuffix("README.md") {
            let name = page.dropFirst("docs/".count)
            let record = name.hasPrefix("decisions/") ? name.dropFirst("decisions/".count) : name
            #expect(map.contains("(\(name))") || decisions.contains("(\(record))"), "\(page)")
        }
    }

    @Test(arguments: ["Sources", "Tests", "scripts", "compose", "config", "compose.yaml", "Dockerfile"])
    func `each page that code names is there`(_ part: String) throws {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: "\(Repository.path)/\(part)", isDirectory: &isFolder)
        let inside = isFolder.boolValue ? FileManager.default.enumerator(atPath: "\(Repository.path)/\(part)") : nil
        let files = inside.map { $0.compactMap { $0 as? String }.map { "\(part)/\($0)" } } ?? [part]
        for file in files {
            guard let text = try? Self.text(file) else { continue }
            for name in text.matches(of: /\bdocs\/[\w\/-]+\.md\b/) { #expect(Self.exists(String(name.0)), "\(file)") }
        }
    }

    @Test func `types and paths that explanations and recipes name are in the code`() throws {
        let root = "\(Repository.path)/Sources"
        let files = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
        let code = try files.filter { $0.hasSuffix(".swift") }.map { try Self.text("Sources/\($0)") }.joined()
        let words = Set(code.split { !$0.isLetter && !$0.isNumber })
        let pages = try Self.pages().filter {
            $0 == "CONTRIBUTING.md" || $0.hasPrefix("docs/explanation/architecture") || $0.hasPrefix("docs/decisions/")
        }
        var found = 0
        for page in pages {
            let text = Self.prose(try Self.text(page)).joined(separator: "\n")
            for type in text.matches(of: /`([A-Z][a-z]+[A-Z]\w*)(?:\.swift)?`/) {
                #expect(words.contains(type.1) || Self.isTestOrFolder(String(type.1)), "\(page): \(type.1)")
                found += 1
            }
            for path in text.matches(of: /`((?:Sources|Tests|config|scripts|docs)\/[\w\/.+-]+)`/) {
                #expect(Self.exists(String(path.1)), "\(page): \(path.1)")
                found += 1
            }
        }
        #expect(found > 100)
    }

    /// A suite of the tests, or a folder of the code.
    private static func isTestOrFolder(_ name: String) -> Bool {
        if exists("Sources/\(name)") || exists("Tests/\(name)") { return true }
        let tests = FileManager.default.enumerator(atPath: "\(Repository.path)/Tests")
        return tests?.contains { ($0 as? String)?.hasSuffix("/\(name).swift") ?? false } ?? false
    }
}
