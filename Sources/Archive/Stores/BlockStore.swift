package import Blocks

/// A place that keeps blocks as named files; an existing file is only replaced by a better one.
package protocol BlockStore: Sendable {
    /// The store's address as in the config, for messages and logs; contains no secret.
    var name: String { get }

    /// Creates a file; returns false and changes nothing if the name exists.
    ///
    /// When it returns, the file survives a power cut. It throws if the outcome is unknown; it is safe to try again.
    func create(_ file: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool

    /// Replaces the file of this name atomically: readers see the old file or the new one, never a mixture.
    ///
    /// For files that are damaged or lack something; otherwise like `create`.
    func replace(_ file: String, _ bytes: [UInt8]) async throws(StoreError)

    /// Returns nil if there is no such file.
    func open(_ file: String) async throws(StoreError) -> (any BlockSource)?

    /// The names of all files below a folder, sorted.
    func files(in folder: String) async throws(StoreError) -> [StoredFile]

    /// Removes a file; succeeds if the file does not exist.
    func remove(_ file: String) async throws(StoreError)
}

package struct StoredFile: Equatable, Sendable {
    /// The path below the store's root, with slashes.
    package let name: String
    /// In bytes.
    package let size: Int

    package init(name: String, size: Int) {
        (self.name, self.size) = (name, size)
    }
}

/// A failure of a store.
package struct StoreError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// It may work later: no connection, a timeout, 503, a full disk.
        case unavailable
        /// Somebody has to fix something: keys, rights, the bucket's name.
        case refused
    }

    package let kind: Kind
    /// Includes the store's name; contains no secrets.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        (self.kind, self.description) = (kind, description)
    }
}
