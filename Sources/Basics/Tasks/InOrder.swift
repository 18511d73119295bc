/// Reads the elements, up to `width` at a time, and gives what was read to `take` in the order of the elements.
///
/// Returns when `take` returns false; what is being read then is cancelled. Throws what `read` or `take` throws first.
package func inOrder<Element: Sendable, Result: Sendable>(
    _ elements: [Element], ahead width: Int, read: @escaping @Sendable (Element) async throws -> Result,
    _ take: (Result) throws -> Bool
) async throws {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var (begun, taken) = (0, 0)
        var waiting: [Int: Result] = [:]
        while taken < elements.count {
            while begun < min(elements.count, taken + width) {
                group.addTask { [begun] in (begun, try await read(elements[begun])) }
                begun += 1
            }
            guard let (index, result) = try await group.next() else { return }
            waiting[index] = result
            while let next = waiting.removeValue(forKey: taken) {
                taken += 1
                guard try take(next) else { return group.cancelAll() }
            }
        }
    }
}
