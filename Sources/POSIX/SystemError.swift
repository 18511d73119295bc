#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A call of the system that failed, and what it was about, in words.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What failed, and behind a colon the system's own words if there is an errno.
    package let description: String
    /// The errno; nil if there is none.
    package let code: Int32?

    /// For a failure that has no errno; `description` is the whole message.
    package init(_ description: String) {
        self.description = description
        code = nil
    }

    /// `code` is an error's number (errno).
    package init(_ what: String, code: Int32) {
        description = "\(what): \(String(cString: strerror(code)))"
        self.code = code
    }
}
