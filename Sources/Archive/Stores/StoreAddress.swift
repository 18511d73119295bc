package import Basics

/// Where a store is, as configs name it.
package enum StoreAddress: Equatable, Sendable {
    /// A folder of this machine; a relative path is one from the working directory on.
    case folder(String)

    /// What `init` takes.
    package static let accepted = "file:///var/lib/cointape/archive"

    package init(_ text: String) throws(InvalidText) {
        guard let scheme = text.firstRange(of: "://") else {
            throw InvalidText("should be a URL such as \(Self.accepted), not \"\(text)\"")
        }
        let rest = String(text[scheme.upperBound...])
        switch text[..<scheme.lowerBound] {
        case "file":
            guard !rest.isEmpty, !rest.utf8.contains(0) else {
                throw InvalidText("should name a folder: \(Self.accepted)")
            }
            let path = rest.count > 1 && rest.hasSuffix("/") ? String(rest.dropLast()) : rest
            self = .folder(path)
        default: throw InvalidText("should begin with file://, not with \"\(text[..<scheme.upperBound])\"")
        }
    }

    package var store: any BlockStore {
        switch self {
        case .folder(let path): FolderStore(folder: path)
        }
    }
}
