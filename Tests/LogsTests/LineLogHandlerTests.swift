import Basics
import Foundation
import Logging
import Synchronization
import Testing

@testable import Logs

/// A sink that remembers, and fails when told to.
final class MemorySink: LogSink {
    let name = "memory"
    private let state = Mutex<(lines: [String], health: SinkHealth, error: Int32)>(([], SinkHealth(), 0))

    var lines: [String] { state.withLock(\.lines) }

    func fail(_ error: Int32) {
        state.withLock { $0.error = error }
    }

    func append(_ line: [UInt8]) -> SinkHealth.Change? {
        state.withLock { state in
            if state.error == 0 { state.lines.append(String(decoding: line, as: UTF8.self)) }
            return state.health.note(error: state.error)
        }
    }
}

struct LineLogHandlerTests {
    private func logger(
        _ outputs: [(MemorySink, LogFormat, Logger.Level)], console: MemorySink = MemorySink(),
        level: Logger.Level = .trace
    ) -> Logger {
        let handler = LineLogHandler(
            worker: "price", outputs: outputs.map { .init(sink: $0, format: $1, level: $2) },
            console: .init(sink: console, format: .json, level: level), redactor: Redactor(), logLevel: level)
        return Logger(label: "price") { _ in handler }
    }

    @Test func `each output gets what is severe enough for it and for all`() {
        let (all, errors) = (MemorySink(), MemorySink())
        let logger = logger([(all, .text, .trace), (errors, .json, .error)], level: .info)
        logger.debug(.pageRetried)
        logger.info(.minuteFetched)
        logger.error(.entryRefused)
        #expect(all.lines.map { $0.contains("minute.fetched") } == [true, false])
        #expect(errors.lines.count == 1 && errors.lines[0].contains(#""event":"entry.refused""#))
    }

    @Test func `a quieter copy of a logger is quieter everywhere`() {
        let sink = MemorySink()
        var logger = logger([(sink, .text, .trace)], level: .info)
        logger.logLevel = .warning
        logger.info(.minuteFetched)
        #expect(sink.lines.isEmpty)
    }

    @Test func `lost lines are told on the console once, and once that they arrive again`() {
        let (sink, console) = (MemorySink(), MemorySink())
        let logger = logger([(sink, .text, .info)], console: console)
        logger.info(.minuteFetched)
        sink.fail(ENOSPC)
        for _ in 0..<1000 { logger.info(.minuteFetched) }
        #expect(console.lines.count == 1)
        #expect(
            console.lines[0].contains(#""event":"log.lost","error":"No space left on device","file.path":"memory""#))
        sink.fail(0)
        for _ in 0..<10 { logger.info(.minuteFetched) }
        #expect(console.lines.count == 2)
        #expect(console.lines[1].contains(#""event":"log.back","file.path":"memory","lines.lost":"1000""#))
        #expect(sink.lines.count == 11)
    }

    @Test func `an error that is passed as such is a field`() {
        struct Broken: Error {}
        let sink = MemorySink()
        logger([(sink, .text, .info)]).error(.listUnreadable, error: Broken())
        #expect(sink.lines.first?.hasSuffix("error=Broken()\n") == true)
    }
}
