import Config
import Logging
import Testing

@testable import Logs

struct LoggingSettingsTests {
    private func read(_ logging: String, environment: [String: String] = [:]) -> (LoggingSettings?, [String]) {
        let context = ConfigContext(file: "a.json", environment: environment)
        let settings = context.reader(of: Array("{\"logging\": \(logging)}".utf8)).flatMap(LoggingSettings.init)
        return (settings, context.issues.map { "\($0.path): \($0.message)" })
    }

    @Test func `without handlers there is text on the console`() throws {
        let (settings, issues) = read(#"{"level": "debug"}"#)
        #expect(issues.isEmpty)
        let handler = try #require(settings?.handlers.first)
        #expect(settings?.level == .debug && settings?.handlers.count == 1)
        #expect(handler.destination == .console && handler.format == .text && handler.level == .debug)
    }

    @Test func `handlers have a format and a level of their own, by default that of all`() throws {
        let (settings, issues) = read(
            #"""
            {"level": "notice", "handlers": [
              {"to": "console", "format": "json"}, {"to": "file", "path": "${LOG_DIR:-log}/price.log", "level": "error"}]}
            """#, environment: ["LOG_DIR": "/var/log"])
        #expect(issues.isEmpty)
        let handlers = try #require(settings?.handlers)
        #expect(handlers.map(\.destination) == [.console, .file(path: "/var/log/price.log")])
        #expect(handlers.map(\.format) == [.json, .text])
        #expect(handlers.map(\.level) == [.notice, .error])
        #expect(handlers[1].pathPlace?.path == "logging.handlers[1].path")
        #expect(handlers[1].pathPlace?.position?.line == 2)
    }

    @Test(arguments: [
        (#"{"to": "consle"}"#, #"to: should be one of console, file, not "consle" (did you mean console?)"#),
        (#"{}"#, "to: missing: `console` is standard error; `file` appends to a file."),
        (#"{"to": "file"}"#, "path: missing: the file that lines are appended to"),
        (#"{"to": "file", "path": ""}"#, "path: should name a file"),
        (#"{"to": "console", "path": "x"}"#, "path: is for files only: the console is standard error"),
        (#"{"to": "console", "format": "xml"}"#, #"format: should be one of text, json, not "xml""#),
        (#"{"to": "console", "leval": "info"}"#, "leval: unknown key (did you mean level?)"),
    ])
    func `a mistake in a handler is told at its place`(handler: String, issue: String) {
        let (_, issues) = read("{\"handlers\": [\(handler)]}")
        #expect(issues == ["logging.handlers[0].\(issue)"])
    }

    @Test func `a format for all is no field any more`() {
        #expect(read(#"{"format": "json"}"#).1 == ["logging.format: unknown key"])
    }
}
