import CJQ
import Foundation

/// A compiled filter: owns its `jq_state`, and must only be used by one thread at a time.
final class JQMachine {
    private var state: OpaquePointer?
    private let messages = Messages()

    /// Collects jq's error messages about a program, which arrive through a callback.
    private final class Messages {
        var lines: [String] = []

        /// The first error, without hints that only help in a shell: the filter is one line of a config file.
        var reason: Substring {
            let error = lines.first { $0.hasPrefix("jq: error") } ?? lines.first ?? ""
            let text = error.replacing("jq: error: ", with: "").replacing(" (Unix shell quoting issues?)", with: "")
            return text.firstRange(of: " at <top-level>").map { text[..<$0.lowerBound] } ?? text[...]
        }
    }

    init(_ program: JQProgram) throws(JQError) {
        guard let state = jq_init() else { preconditionFailure("out of memory for a jq state") }
        self.state = state
        // Unless a handler is set, libjq 1.6 calls an uninitialized pointer.
        jq_set_nomem_handler(state, { _ in abort() }, nil)
        jq_set_error_cb(
            state,
            { context, message in
                guard let context else { return jv_free(message) }
                let messages = Unmanaged<Messages>.fromOpaque(context).takeUnretainedValue()
                messages.lines.append(JV.takeText(jq_format_error(message)))
            }, Unmanaged.passUnretained(messages).toOpaque())
        guard jq_compile(state, program.source) != 0 else {
            throw JQError("does not compile: \(messages.reason)")
        }
    }

    deinit {
        jq_teardown(&state)
    }

    /// Runs the filter on a value, which the caller keeps, and passes each result to `body`, which takes ownership.
    func run(_ input: jv, _ body: (jv) throws(JQError) -> Void) throws(JQError) {
        jq_start(state, jv_copy(input), 0)
        while true {
            let result = jq_next(state)
            guard jv_get_kind(result) != JV_KIND_INVALID else { return try end(result) }
            do throws(JQError) {
                try body(result)
            } catch {
                // Otherwise the state would hold the whole document until its next run.
                jq_start(state, jv_null(), 0)
                throw error
            }
        }
    }

    /// Called after the last result; throws if the filter raised an error.
    private func end(_ invalid: jv) throws(JQError) {
        guard jv_invalid_has_msg(jv_copy(invalid)) != 0 else { return jv_free(invalid) }
        throw JQError(JV.takeMessage(jv_invalid_get_msg(invalid)))
    }
}
