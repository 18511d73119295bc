package import Basics
package import CurlHTTP

/// The address of a store, as in configs.
package enum StoreAddress: Sendable, CustomStringConvertible {
    /// A folder on this machine; a relative path is relative to the working directory.
    case folder(String)
    /// An S3 bucket, with the keys to access it.
    case bucket(S3Location, S3Credentials)

    /// Examples of accepted addresses, for error messages.
    package static let accepted = "file:///var/lib/cointape/archive or \(S3Location.accepted)"

    /// `variable` looks up environment variables, which hold the keys of a bucket.
    package init(_ text: String, variable: (String) -> String?) throws(InvalidText) {
        guard let scheme = text.firstRange(of: "://") else {
            throw InvalidText("should be a URL such as \(Self.accepted), not \"\(text)\"")
        }
        switch text[..<scheme.lowerBound] {
        case "file": self = .folder(try Self.folder(String(text[scheme.upperBound...])))
        case "s3": self = .bucket(try S3Location(text), try S3Credentials(variable: variable))
        default:
            throw InvalidText("should begin with file:// or s3://, not with \"\(text[..<scheme.upperBound])\"")
        }
    }

    private static func folder(_ path: String) throws(InvalidText) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw InvalidText("should name a folder, as file:///var/lib/cointape/archive does")
        }
        if path.hasPrefix("localhost/") {
            throw InvalidText("should name no host: file:// and the path, as file:///var/lib/cointape/archive")
        }
        guard !path.contains(where: { "?#%".contains($0) }) else {
            throw InvalidText("should be a folder's path as it is, without '?', '#' and '%'")
        }
        let plain = path.hasPrefix("./") && path.count > 2 ? String(path.dropFirst(2)) : path
        return plain.count > 1 && plain.hasSuffix("/") ? String(plain.dropLast()) : plain
    }

    package var description: String {
        switch self {
        case .folder(let path): "file://\(path)"
        case .bucket(let location, _): "\(location)"
        }
    }

    /// Whether the store is accessed over HTTP.
    package var isRemote: Bool {
        if case .bucket = self { true } else { false }
    }

    /// What a store is opened for, which decides how long to wait for it.
    package enum Use {
        /// Clients wait: a remote store that does not answer within seconds is left alone for half a minute.
        case serving
        /// Nobody waits: a remote store has half a minute to answer, and is then left alone for some minutes.
        case keeping
        /// A person waits for the result.
        case command
    }

    /// Opens the store without contacting it.
    ///
    /// `http` is called only if the store is accessed over HTTP; its client must outlive the store. `cache` is for remote stores.
    package func store(_ use: Use, http: () -> HTTPClient, cache: BlockCache? = nil) -> any BlockStore {
        switch self {
        case .folder(let path): return FolderStore(folder: path)
        case .bucket(let location, let credentials):
            func store(_ limits: S3Limits) -> S3Store {
                S3Store(location, credentials: credentials, http: http(), cache: cache, limits: limits)
            }
            switch use {
            case .serving:
                return PausingStore(store(S3Limits(patience: .seconds(5), stall: .seconds(4))), for: .seconds(30))
            case .keeping: return PausingStore(store(S3Limits()), for: .seconds(300))
            case .command: return store(S3Limits())
            }
        }
    }
}
