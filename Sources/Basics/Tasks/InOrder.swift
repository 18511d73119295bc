/// Reads the elements, up to `width` at a time, and gives what was read to `take` in the order of the elements.
///
/// Returns when `take` returns false; what is being read then is cancelled. An element that cannot be read throws
/// when its turn comes, and not at all if that does not come.
package func inOrder<Element: Sendable, Value: Sendable>(
    _ elements: [Element], ahead width: Int, read: @escaping @Sendable (Element) async throws -> Value,
    _ take: (Value) throws -> Bool
) async throws {
    try await withThrowingTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
        var (begun, taken) = (0, 0)
        var waiting: [Int: Result<Value, any Error>] = [:]
        while taken < elements.count {
            while begun < min(elements.count, taken + width) {
                group.addTask { [begun] in
                    do {
                        return (begun, .success(try await read(elements[begun])))
                    } catch {
                        return (begun, .failure(error))
                    }
                }
                begun += 1
            }
            guard let (index, result) = try await group.next() else { return }
            waiting[index] = result
            while let next = waiting.removeValue(forKey: taken) {
                taken += 1
                guard try take(next.get()) else { return group.cancelAll() }
            }
        }
    }
}
