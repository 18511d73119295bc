/// Waits until the condition holds, looking again and again; throws at the deadline.
package func eventually(
    within deadline: Duration = .seconds(45), every: Duration = .milliseconds(10), _ what: String,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while !(try await condition()) {
        guard ContinuousClock.now < end else { throw NotInTime(what: what) }
        try await Task.sleep(for: every)
    }
}

package struct NotInTime: Error, CustomStringConvertible {
    let what: String

    package var description: String { "not in time: \(what)" }
}
