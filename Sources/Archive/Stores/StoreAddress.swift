package import Basics
package import CurlHTTP

/// Where a store is, as configs name it.
package enum StoreAddress: Sendable, CustomStringConvertible {
    /// A folder of this machine; a relative path is one from the working directory on.
    case folder(String)
    /// An S3 bucket, with the keys that it takes.
    case bucket(S3Location, S3Credentials)

    /// What `init` takes.
    package static let accepted = "file:///var/lib/cointape/archive or \(S3Location.accepted)"

    /// `variable` gives the environment's variables, of which a bucket needs its keys.
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
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var description: String {
        switch self {
        case .folder(let path): "file://\(path)"
        case .bucket(let location, _): "\(location)"
        }
    }

    /// Whether it is reached over HTTP.
    package var isRemote: Bool {
        if case .bucket = self { true } else { false }
    }

    /// Opens the store, without asking anybody.
    ///
    /// `http` is called if the store is reached over HTTP; its client goes on living after the store. `cache` is for what comes from afar.
    package func store(http: () -> HTTPClient, cache: BlockCache? = nil) -> any BlockStore {
        switch self {
        case .folder(let path): FolderStore(folder: path)
        case .bucket(let location, let credentials):
            S3Store(location, credentials: credentials, http: http(), cache: cache)
        }
    }
}
