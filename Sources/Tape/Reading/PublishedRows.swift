package import Basics

/// What is known about an entry with rows, without the rows.
package struct PublishedRows: Equatable, Sendable {
    package let minute: Minute
    /// The field `count`; 0 if it is missing or unreadable.
    package let count: Int
    /// The field `sha256`, in lowercase hexadecimal; empty if it is missing.
    package let sha256: String
    /// The provider's timestamp of its data.
    package let asOf: Timestamp?

    package init(minute: Minute, count: Int, sha256: String, asOf: Timestamp?) {
        self.minute = minute
        self.count = count
        self.sha256 = sha256
        self.asOf = asOf
    }
}
