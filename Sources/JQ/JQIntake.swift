import Synchronization

/// A JSON text that a filter process parses while it arrives; filters can read it when it is complete, and only in one `read`.
///
/// Feeding pieces never waits. While all processes of the pool are busy, the pieces are buffered here.
package final class JQIntake: Sendable {
    private struct State {
        var child: JQChild?
        /// What arrived while there was no child.
        var orders: [JQChild.Order] = []
        var stopReason: JQError?
        var waiting: JQAnswer<JQChild>?
    }

    private let pool: JQPool
    private let state = Mutex(State())

    init(_ pool: JQPool) {
        self.pool = pool
    }

    deinit {
        release()
    }

    /// Takes the next piece without blocking; pieces must come in order, from one thread at a time.
    package func feed(_ piece: [UInt8]) {
        pass(.piece(piece))
    }

    /// Says, before the first piece, how the text is encoded; without it, it is UTF-8.
    package func decode(_ charset: Charset) {
        pass(.setting(.charset, Array(charset.name.utf8)))
    }

    /// Says, before the first piece, what the text is; without it, it is JSON.
    package func read(as format: BodyFormat) {
        if format != .json { pass(.setting(.format, JQPayload.texts(format.texts))) }
    }

    private func pass(_ order: JQChild.Order) {
        state.withLock { state in
            state.orders.append(order)
            if state.child == nil { state.child = pool.takeFree() }
            Self.passOn(&state)
        }
    }

    private static func passOn(_ state: inout State) {
        guard let child = state.child else { return }
        for order in state.orders { child.post(order) }
        state.orders = []
    }

    /// Calls `body` with the complete text; no more pieces may follow.
    ///
    /// If `body` has not finished after `limit`, or the task is cancelled, the process is killed before this throws.
    package func read<Result: Sendable>(
        within limit: Duration = .seconds(60), _ body: (JQReader) async throws(JQError) -> Result
    ) async throws(JQError) -> Result {
        let timer = Task {
            try await Task.sleep(for: limit)
            stop(JQError("the filter has not ended in time", .runaway))
        }
        defer {
            timer.cancel()
            release()
        }
        return try await withTaskCancellationHandler { () async -> Swift.Result<Result, JQError> in
            do throws(JQError) {
                return .success(try await body(JQReader(child: findChild())))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            stop(JQError("cancelled", .interrupted))
        }.get()
    }

    private func findChild() async throws(JQError) -> JQChild {
        let waiting: JQAnswer<JQChild>? = state.withLock { state in
            guard state.child == nil, state.stopReason == nil else { return nil }
            state.waiting = pool.take()
            return state.waiting
        }
        if let waiting {
            let child = try await waiting.value.get()
            state.withLock { state in
                state.child = child
                // A stop that came in the meantime had no child to stop.
                if let reason = state.stopReason { child.stop(reason) }
                Self.passOn(&state)
            }
        }
        let (child, reason) = state.withLock { ($0.child, $0.stopReason) }
        if let reason { throw reason }
        guard let child else { throw JQPool.isShutDown }
        return child
    }

    private func stop(_ reason: JQError) {
        state.withLock { state in
            guard state.stopReason == nil else { return }
            state.stopReason = reason
            state.child?.stop(reason)
            state.waiting?.give(.failure(reason))
        }
    }

    private func release() {
        let child = state.withLock { state in
            defer { state.child = nil }
            return state.child
        }
        if let child { pool.giveBack(child) }
    }
}

/// A complete text that filters can read; only valid during the `read` that provides it.
package struct JQReader: Sendable {
    let child: JQChild

    /// Every result must be an object whose members are scalars.
    package func rows(_ program: JQProgram) async throws(JQError) -> JQRows {
        guard case .rows(let rows) = try await child.ask(.rows, program) else { return JQRows() }
        return rows
    }

    /// The members of the filter's first result, strings unquoted and other values as JSON; nil if there is no result.
    package func firstObject(_ program: JQProgram) async throws(JQError) -> [String: String]? {
        guard case .object(let members) = try await child.ask(.firstObject, program) else { return nil }
        return members
    }

    /// The filter's first result as a whole number of zero or more; nil if there is none or it is null.
    package func firstCount(_ program: JQProgram) async throws(JQError) -> Int? {
        guard case .count(let count) = try await child.ask(.firstCount, program) else { return nil }
        return count
    }

    /// The filter's first result, a string unquoted and other values as JSON; nil if there is none or it is null.
    package func firstText(_ program: JQProgram) async throws(JQError) -> String? {
        guard case .text(let text) = try await child.ask(.firstText, program) else { return nil }
        return text
    }
}
