#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A failed system call, and what it was about, in words.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What failed, followed by a colon and the system's error message if there is an errno.
    package let description: String
    /// The errno; nil if there is none.
    package let code: Int32?

    /// A failure without an errno; `description` is the whole message.
    package init(_ description: String) {
        self.description = description
        code = nil
    }

    /// `code` is the errno.
    package init(_ what: String, code: Int32) {
        description = "\(what): \(String(cString: strerror(code)))"
        self.code = code
    }
}
