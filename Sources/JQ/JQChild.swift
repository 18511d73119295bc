import Basics
import Foundation
import JSON
import POSIX
import Synchronization

/// How to start a process that runs filters: the program passes the argument that is appended to `JQService.run`.
package struct JQCommand: Sendable {
    let program: String
    let arguments: [String]

    /// `arguments` begins with the name of the process.
    package init(program: String, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }
}

/// Handles one document at a time, with a thread that talks to a process of filters.
///
/// The process is started with the first piece, reused for the next documents, and replaced after it has ended, by itself or by
/// `stop`; so nothing that a filter did outlives it. It is this program again, with the hidden command `JQService.command`, and
/// runs `JQService.run`.
final class JQChild: Sendable {
    enum Order: Sendable {
        /// How the next document is to be read, before its first piece.
        case setting(JQFrame.Kind, [UInt8])
        case piece([UInt8])
        case question(JQQuestion, JQProgram, JQAnswer<JQFinding>)
        /// The document is finished, and the child can be given another one.
        case release(@Sendable () -> Void)
        case end
    }

    private struct State {
        var orders: [Order] = []
        var process: ChildProcess?
        /// Why the document was given up.
        var stopReason: JQError?
    }

    private let command: JQCommand
    private let bounds: JQBounds
    private let state = Mutex(State())
    private let pending = DispatchSemaphore(value: 0)

    /// The child's thread runs until `Order.end`.
    init(_ command: JQCommand, _ bounds: JQBounds) {
        self.command = command
        self.bounds = bounds
        let thread = Thread { [self] in work() }
        thread.name = "jq"
        thread.start()
    }

    /// Never blocks; orders are executed one after the other.
    func post(_ order: Order) {
        state.withLock { $0.orders.append(order) }
        pending.signal()
    }

    func ask(_ question: JQQuestion, _ program: JQProgram) async throws(JQError) -> JQFinding {
        let answer = JQAnswer<JQFinding>()
        post(.question(question, program, answer))
        return try await answer.value.get()
    }

    /// Kills the process; every question about the present document fails with the reason.
    func stop(_ reason: JQError) {
        state.withLock { state in
            guard state.stopReason == nil else { return }
            state.stopReason = reason
            state.process?.signal(SIGKILL)
        }
    }

    /// The process' id, while there is a process.
    var process: pid_t? { state.withLock { $0.process?.process } }

    // MARK: The child's thread

    private func work() {
        var channel: JQChannel?
        var failure: JQError?
        var isNew = true
        while true {
            switch nextOrder() {
            case .setting(let kind, let payload):
                guard failure == nil else { continue }
                failure = feed(&channel, isNew: &isNew) { $0.send(kind, payload) }
            case .piece(let piece):
                guard failure == nil else { continue }
                failure = feed(&channel, isNew: &isNew) { $0.sendPieces(piece) }
            case .question(let question, let program, let answer):
                if let failure {
                    answer.give(.failure(failure))
                    continue
                }
                let outcome = attempt(&channel, "the filter took") { channel -> JQAnswer<JQFinding>.Outcome? in
                    let payload = [question.rawValue] + Array(program.source.utf8)
                    return channel.send(.question, payload) ? channel.receiveAnswer(to: question, bounds) : nil
                }
                failure = outcome.failure
                answer.give(outcome.flatMap(\.self))
            case .release(let done):
                if let open = channel, !(failure == nil && stopReason == nil && open.send(.release)) { end(&channel) }
                failure = nil
                isNew = true
                state.withLock { $0.stopReason = nil }
                done()
            case .end:
                end(&channel)
                return
            }
        }
    }

    /// Gives the process a part of a document.
    private func feed(_ channel: inout JQChannel?, isNew: inout Bool, _ send: (JQChannel) -> Bool) -> JQError? {
        // If the process ended while it was idle, nothing is lost.
        if isNew, let open = channel, open.isHungUp { end(&channel) }
        isNew = false
        return attempt(&channel, "the page took") { send($0) ? () : nil }.failure
    }

    private var stopReason: JQError? { state.withLock(\.stopReason) }

    private func nextOrder() -> Order {
        pending.wait()
        return state.withLock { $0.orders.removeFirst() }
    }

    /// Talks to the process, which is started if necessary; if it does not answer properly, ends it and returns the reason.
    private func attempt<Value>(
        _ channel: inout JQChannel?, _ taker: String, _ body: (JQChannel) -> Value?
    ) -> Result<Value, JQError> {
        do throws(JQError) {
            if channel == nil {
                // It was given up while it waited, so no process is started for it.
                if let stopReason { throw stopReason }
                channel = try start()
            }
        } catch {
            return .failure(error)
        }
        if stopReason == nil, let open = channel, let value = body(open) { return .success(value) }
        let end = end(&channel)
        return .failure(stopReason ?? describe(end, taker))
    }

    private func start() throws(JQError) -> JQChannel {
        let (ours, theirs) = try JQChannel.pair()
        defer { theirs.close() }
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nothing) }
        do throws(SystemError) {
            let process = try ChildProcess.start(
                command.arguments + ["\(bounds.memory)"], program: command.program,
                descriptors: [theirs.descriptor, nothing, nothing],
                // Contains none of our secrets; backtraces are off, because nobody would read them.
                environment: ["SWIFT_BACKTRACE=enable=no"])
            state.withLock { state in
                state.process = process
                if state.stopReason != nil { process.signal(SIGKILL) }
            }
            return ours
        } catch {
            ours.close()
            throw JQError("no process for filters: \(error)", .interrupted)
        }
    }

    /// Ends the process if it still runs, and waits until its memory is returned.
    @discardableResult
    private func end(_ channel: inout JQChannel?) -> ChildProcess.End {
        guard let process = state.withLock(\.process) else { return .unknown }
        // Closing first lets a process that has ended by itself keep its own exit status.
        channel?.close()
        channel = nil
        process.signal(SIGKILL)
        process.wait()
        // The process id is not reused until it is reaped, and nobody signals it afterwards.
        return state.withLock { state in
            state.process = nil
            return process.end()
        }
    }

    private func describe(_ end: ChildProcess.End, _ taker: String) -> JQError {
        switch end {
        case .exit(JQService.outOfMemory):
            JQError("\(taker) more than \(bounds.memory / 1_000_000) MB of memory", .runaway)
        case .signal(SIGKILL): JQError("the filter's process was killed", .interrupted)
        case .signal(let number): JQError("the filter crashed jq (signal \(number))", .runaway)
        case .exit(let code): JQError("the filter's process has ended (exit code \(code))", .interrupted)
        case .unknown: JQError("the filter's process has ended", .interrupted)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

/// The result of a filter on a document.
enum JQFinding: Sendable {
    case rows(JQRows)
    case object([String: String])
    case text(String)
    case count(Int)
    case nothing
}

/// A filter's results as JSON objects, joined by commas.
package struct JQRows: Equatable, Sendable {
    package var json: [UInt8]
    package var count: Int

    package init(json: [UInt8] = [], count: Int = 0) {
        self.json = json
        self.count = count
    }
}

extension JQChannel {
    /// Sends a piece, in as many frames as necessary.
    fileprivate func sendPieces(_ piece: [UInt8]) -> Bool {
        piece.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: JQFrame.longest).allSatisfy { start in
                let part = bytes[start..<min(start + JQFrame.longest, bytes.count)]
                return send(.piece, UnsafeRawBufferPointer(rebasing: part))
            }
        }
    }

    /// Returns nil if this is not a valid answer to the question: libjq has parsed untrusted input, so its process is not
    /// trusted.
    fileprivate func receiveAnswer(to question: JQQuestion, _ bounds: JQBounds) -> JQAnswer<JQFinding>.Outcome? {
        var rows: [UInt8] = []
        while let (kind, payload) = receive() {
            switch (question, kind) {
            case (.rows, .rowsPart):
                rows += payload
                guard rows.count <= bounds.rowBytes + JQFrame.longest else { return nil }
            case (.rows, .rowsEnd):
                guard let count = JQPayload.number(in: payload), count <= JQBounds.rows,
                    (try? FlatRows.count(in: rows)) == count
                else { return nil }
                return .success(.rows(JQRows(json: rows, count: count)))
            case (.firstObject, .object):
                guard let texts = JQPayload.texts(in: payload), texts.count.isMultiple(of: 2) else { return nil }
                let members = stride(from: 0, to: texts.count, by: 2).map { (texts[$0], texts[$0 + 1]) }
                return .success(.object(Dictionary(members) { $1 }))
            case (.firstCount, .count):
                guard let count = JQPayload.number(in: payload), (0...JQBounds.items).contains(count) else {
                    return nil
                }
                return .success(.count(count))
            case (.firstText, .text):
                return String(validating: payload, as: UTF8.self).map { .success(.text($0)) }
            case (.firstObject, .nothing), (.firstCount, .nothing), (.firstText, .nothing): return .success(.nothing)
            case (_, .error), (_, .runaway), (_, .malformed):
                guard let text = String(validating: payload, as: UTF8.self) else { return nil }
                return .failure(
                    JQError(text, kind == .runaway ? .runaway : kind == .malformed ? .malformed : .failed))
            default: return nil
            }
        }
        return nil
    }
}
