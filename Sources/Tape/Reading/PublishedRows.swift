package import Basics

/// What is known of an entry with rows, the rows themselves aside.
package struct PublishedRows: Equatable, Sendable {
    package let minute: Minute
    /// The field `count`; 0 where it is missing or unreadable.
    package let count: Int
    /// The field `sha256`, in lower-case hexadecimal as a feed writes it; empty where it is missing.
    package let sha256: String
    /// When the provider says that its data is from.
    package let asOf: Timestamp?

    package init(minute: Minute, count: Int, sha256: String, asOf: Timestamp?) {
        self.minute = minute
        self.count = count
        self.sha256 = sha256
        self.asOf = asOf
    }
}
