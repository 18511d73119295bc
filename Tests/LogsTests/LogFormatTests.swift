import Basics
import Foundation
import JSON
import Logging
import Testing

@testable import Logs

struct LogFormatTests {
    private func line(
        _ message: String = "minute.fetched", _ metadata: Logger.Metadata = [:], secrets: [String] = []
    ) -> LogLine {
        LogLine(
            time: Timestamp(milliseconds: 1_795_251_690_250), level: .info, worker: "price", message: message,
            metadata: metadata, redactor: Redactor(secrets: secrets))
    }

    private func text(_ line: LogLine) -> String { String(decoding: LogFormat.text.render(line), as: UTF8.self) }

    private func object(_ line: LogLine) throws -> [String: String] {
        let bytes = LogFormat.json.render(line)
        #expect(bytes.last == UInt8(ascii: "\n") && bytes.count { $0 == UInt8(ascii: "\n") } == 1)
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String])
    }

    @Test func `text is time, level, worker, event and fields by key`() {
        let line = line("minute.fetched", ["pages": "1", "minute": "2026-11-21T09:01Z"])
        #expect(text(line) == "2026-11-21T09:01:30.250Z info price minute.fetched minute=2026-11-21T09:01Z pages=1\n")
    }

    @Test func `JSON is one object with the same`() throws {
        let object = try object(line("minute.fetched", ["pages": "1"]))
        #expect(
            object == [
                "time": "2026-11-21T09:01:30.250Z", "level": "info", "worker": "price", "event": "minute.fetched",
                "pages": "1",
            ])
    }

    @Test func `text quotes what is not one clear word, so that no pair can be forged`() {
        let line = line("a b", ["a": "", "b": "x y=1", "c d": "\"", "e": "1\u{a0}f=2", "g": "back\\slash"])
        #expect(
            text(line).hasSuffix(
                #" info price "a b" a="" b="x y=1" "c d"="\"" e="1\#u{a0}f=2" g=back\slash"# + "\n"))
    }

    /// Line ends, terminal controls of both sets, separators, and what turns or hides text.
    static let dangerous: [(String, String)] = [
        ("\n", #"\n"#), ("\r", #"\r"#), ("\r\n", #"\r\n"#), ("\t", #"\t"#), ("\0", #"\u0000"#),
        ("\u{1b}[2J", #"\u001b[2J"#), ("\u{7f}", #"\u007f"#), ("\u{85}", #"\u0085"#), ("\u{9b}31m", #"\u009b31m"#),
        ("\u{2028}", #"\u2028"#), ("\u{2029}", #"\u2029"#), ("\u{202e}", #"\u202e"#), ("\u{2066}", #"\u2066"#),
        ("\u{200b}", #"\u200b"#), ("\u{feff}", #"\ufeff"#), ("\u{e0041}", #"\udb40\udc41"#),
    ]

    @Test(arguments: dangerous) func `neither format lets a control character out`(raw: String, escaped: String) throws
    {
        let line = line("x\(raw)y", ["k": "a\(raw)b", "k\(raw)": "v"])
        for format in LogFormat.allCases {
            let written = String(decoding: format.render(line).dropLast(), as: UTF8.self)
            #expect(
                !written.unicodeScalars.contains {
                    raw.unicodeScalars.contains($0) && !"[2J31m".unicodeScalars.contains($0)
                })
            #expect(written.contains("\"a\(escaped)b\"") && written.contains("\"x\(escaped)y\""))
        }
        let object = try object(line)
        #expect(object["k"].map { Array($0.utf8) } == Array("a\(raw)b".utf8))
    }

    @Test func `text of any language stays readable`() {
        #expect(
            text(line("minute.fetched", ["symbol": "币安人生", "name": "Ünïcødé🚀"])).contains("name=Ünïcødé🚀 symbol=币安人生"))
    }

    @Test(arguments: LogFormat.allCases)
    func `secrets are masked in message, keys and nested values, also escaped ones`(format: LogFormat) {
        let secret = "pass\"word\n\u{202e}/1"
        let escaped = String(JSONString.quoted(secret).dropFirst().dropLast())
        let line = line(
            "said \(secret)",
            [
                "plain": "<\(secret)>", "escaped": "<\(escaped)>", "list": ["a", "\(secret)"],
                "members": ["\(secret)": "\(secret)", "body": .array(["\(escaped)"])], "\(secret)": "x",
            ], secrets: [secret])
        let written = String(decoding: format.render(line), as: UTF8.self)
        #expect(!written.contains("pass") && !written.contains("word"))
        #expect(written.contains("<***>") && written.contains("[a, ***]") && written.contains("body: [***]"))
    }

    @Test func `metadata cannot speak in the name of the line's head`() throws {
        let object = try object(
            line("minute.fetched", ["worker": "api", "time": "never", "level": "error", "event": "x"]))
        #expect(object["worker"] == "price" && object["event"] == "minute.fetched" && object.count == 4)
    }
}
