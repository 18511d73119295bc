extension BidirectionalCollection {
    /// Drops the elements at the end for which the predicate holds.
    @inlinable
    package func trimmingSuffix(while holds: (Element) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, case let before = index(before: end), holds(self[before]) { end = before }
        return self[..<end]
    }
}
