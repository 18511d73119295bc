#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A call of the system that failed, and what it was about, in words.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// `code` is an error's number (errno).
    package init(_ what: String, code: Int32) {
        description = "\(what): \(String(cString: strerror(code)))"
    }
}
