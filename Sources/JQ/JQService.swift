import CJQ
import Foundation

/// The process that runs filters for a worker; its standard input is the connection to the worker, where `JQChild` is.
///
/// It may be killed at any time, and ends when the worker has ended, for any reason and whatever it is doing.
package enum JQService {
    /// The subcommand of this program that runs it.
    package static let command = "run-filters"

    /// The exit code if it exceeds its memory limit.
    static let outOfMemory: Int32 = 83

    /// Returns the exit code once the worker has closed the connection.
    package static func run(memory: Int) -> Int32 {
        prepare()
        cointape_jq_keep_memory_together()
        watchWorker()
        let ended = DispatchSemaphore(value: 0)
        let thread = Thread {
            limit(memory)
            serve(JQChannel(descriptor: 0), rowBytes: JQBounds(memory: memory).rowBytes)
            ended.signal()
        }
        thread.name = "jq"
        // libjq frees and prints nested values recursively.
        thread.stackSize = 8 << 20
        thread.start()
        ended.wait()
        return 0
    }

    private static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        // If memory is short, the kernel should kill this process, and not a worker or Redis.
        if let file = fopen("/proc/self/oom_score_adj", "w") {
            fputs("1000", file)
            fclose(file)
        }
        // No core dumps, which would be as large as the document.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if os(Linux)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        #else
            setrlimit(RLIMIT_CORE, &none)
        #endif
    }

    /// Ends the process when the other end of the connection is closed, which a running filter would not notice.
    private static func watchWorker() {
        Thread.detachNewThread {
            while true {
                // With no events requested, poll only reports a hang-up.
                var connection = pollfd(fd: 0, events: 0, revents: 0)
                let count = poll(&connection, 1, -1)
                if count > 0 || (count < 0 && errno != EINTR) { _exit(0) }
            }
        }
    }

    /// Limits the memory that is allocated from now on; exceeding the limit ends the process.
    private static func limit(_ memory: Int) {
        // Without memory libjq aborts, and Swift traps. The failed allocation has set errno to ENOMEM; after an abort for another
        // reason the process ends by the signal.
        for number in [SIGABRT, SIGILL, SIGTRAP] {
            signal(number) { number in
                if errno == ENOMEM { _exit(JQService.outOfMemory) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        #if os(Linux)
            guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii),
                let pages = text.split(separator: " ").first.flatMap({ Int($0) })
            else { return }
            let most = rlim_t(pages * Int(sysconf(Int32(_SC_PAGESIZE))) + memory)
            var bound = rlimit(rlim_cur: most, rlim_max: most)
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &bound)
        #endif
    }

    private static func serve(_ channel: JQChannel, rowBytes: Int) {
        let machines = JQMachines()
        var text = JQText(machines)
        while let (kind, payload) = channel.receive() {
            switch kind {
            case .charset: text.decode(String(decoding: payload, as: UTF8.self))
            case .format:
                guard let format = JQPayload.texts(in: payload).flatMap(BodyFormat.init(texts:)) else { return }
                text.read(as: format)
            case .piece: text.feed(payload)
            case .question:
                guard let number = payload.first, let question = JQQuestion(rawValue: number) else { return }
                let program = JQProgram(known: String(decoding: payload.dropFirst(), as: UTF8.self))
                guard answer(question, program, &text, channel, rowBytes) else { return }
            case .release:
                let wasLarge = text.count > 16_000_000
                text = JQText(machines)
                if wasLarge { cointape_jq_return_memory() }
            default: return
            }
        }
    }

    /// Returns false if the worker is gone.
    private static func answer(
        _ question: JQQuestion, _ program: JQProgram, _ text: inout JQText, _ channel: JQChannel, _ rowBytes: Int
    ) -> Bool {
        do throws(JQError) {
            let document = try text.document()
            switch question {
            case .rows:
                var output = JQOutput(channel)
                let count = try document.rows(program, atMost: rowBytes) { output.add($0) }
                return output.flush() && channel.send(.rowsEnd, JQPayload.number(count))
            case .firstObject:
                guard let members = try document.firstObject(program) else { return channel.send(.nothing) }
                return channel.send(.object, JQPayload.texts(members.flatMap { [$0.name, $0.value] }))
            case .firstCount:
                guard let count = try document.firstCount(program) else { return channel.send(.nothing) }
                return channel.send(.count, JQPayload.number(count))
            case .firstText:
                guard let text = try document.firstText(program) else { return channel.send(.nothing) }
                return channel.send(.text, Array(text.utf8))
            }
        } catch {
            let kind: JQFrame.Kind =
                switch error.kind {
                case .runaway: .runaway
                case .malformed: .malformed
                case .failed, .interrupted: .error
                }
            return channel.send(kind, Array(error.description.utf8))
        }
    }
}

/// A text that arrives in pieces, and the document that it becomes.
private struct JQText {
    private let machines: JQMachines
    private var parser = JVParser()
    /// What to decode if it is not UTF-8, as many providers of JSON only say of theirs.
    private var encoded: (decoder: CharsetDecoder?, text: [UInt8])?
    /// How CSV is to be translated when it is complete.
    private var csv: (settings: CSVSettings, text: [UInt8])?
    private var failure: JQError?
    private var parsed: Result<JQDocument, JQError>?
    private(set) var count = 0

    init(_ machines: JQMachines) {
        self.machines = machines
    }

    mutating func decode(_ charset: String) {
        do {
            encoded = (try CharsetDecoder(charset), [])
        } catch {
            encoded = (nil, [])
            failure = error
        }
    }

    mutating func feed(_ piece: [UInt8]) {
        count += piece.count
        if encoded == nil { take(piece) } else { encoded?.text += piece }
    }

    private mutating func take(_ text: [UInt8]) {
        if csv == nil { parser.feed(text) } else { csv?.text += text }
    }

    private mutating func decode() throws(JQError) {
        guard let (decoder, text) = encoded else { return }
        encoded = nil
        if String(validating: text, as: UTF8.self) != nil, !text.contains(0), decoder?.hasSevenBits != true {
            failure = nil
            return take(text)
        }
        if let failure { throw failure }
        guard let decoder else { return }
        take(try decoder.decode(text))
    }

    mutating func read(as format: BodyFormat) {
        switch format {
        case .json: break
        case .ndjson: parser = JVParser(isSequence: true)
        case .csv(let settings): csv = (settings, [])
        }
    }

    mutating func document() throws(JQError) -> JQDocument {
        if let parsed { return try parsed.get() }
        let parsed: Result<JQDocument, JQError>
        do {
            try decode()
            if let csv { parser.feed(try csv.settings.json(of: csv.text)) }
            parsed = .success(try JQDocument(parser, with: machines))
        } catch {
            parsed = .failure(error)
        }
        self.parsed = parsed
        return try parsed.get()
    }
}

/// Collects rows into parts that are large enough to send.
private struct JQOutput {
    private static let part = 1 << 17

    private let channel: JQChannel
    private var buffer: [UInt8] = []
    private var isWell = true

    init(_ channel: JQChannel) {
        self.channel = channel
        buffer.reserveCapacity(Self.part)
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while isWell, !rest.isEmpty {
            let part = rest.prefix(Self.part - buffer.count)
            buffer += part
            rest = rest.dropFirst(part.count)
            if buffer.count == Self.part { isWell = flush() }
        }
    }

    mutating func flush() -> Bool {
        guard isWell, !buffer.isEmpty else { return isWell }
        defer { buffer.removeAll(keepingCapacity: true) }
        return channel.send(.rowsPart, buffer)
    }
}
