package import Blocks

/// A place where blocks are kept: whole files by name, which only a better one replaces once they are there.
package protocol BlockStore: Sendable {
    /// For people and logs, as it stands in the config; holds no secret.
    var name: String { get }

    /// Keeps a new file; returns false, having changed nothing, if there is one of that name.
    ///
    /// When it returns, the file outlives a power cut. Where the outcome is unknown it throws: to try again is safe.
    func create(_ file: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool

    /// Puts a file in the place of the one that has its name, in one step: whoever reads finds the old one or the new one, whole.
    ///
    /// For files that are damaged, or that lack something; otherwise as `create`.
    func replace(_ file: String, _ bytes: [UInt8]) async throws(StoreError)

    /// nil if there is no such file.
    func open(_ file: String) async throws(StoreError) -> (any BlockSource)?

    /// The names of all files below a folder, in order.
    func files(in folder: String) async throws(StoreError) -> [StoredFile]

    /// Removes a file; one that is not there is removed already.
    func remove(_ file: String) async throws(StoreError)
}

package struct StoredFile: Equatable, Sendable {
    /// With the folders below the store's own, and slashes between them.
    package let name: String
    /// In bytes.
    package let size: Int

    package init(name: String, size: Int) {
        (self.name, self.size) = (name, size)
    }
}

/// A store that does not do what it is asked.
package struct StoreError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// It may work later: no connection, a timeout, 503, a full disk.
        case unavailable
        /// Somebody has to mend something: keys, rights, the bucket's name.
        case refused
    }

    package let kind: Kind
    /// With the store's name, and without secrets.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        (self.kind, self.description) = (kind, description)
    }
}
