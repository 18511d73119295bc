/// Where a field stands, for what only shows when the file has been read.
package struct ConfigPlace: Equatable, Sendable {
    package let path: String
    package let position: SourcePosition?
}

extension ConfigReader {
    /// The places of an array's elements.
    package func places(ofEach name: String) -> [ConfigPlace] {
        guard case .array(let elements) = member(name)?.node.value else { return [] }
        return elements.enumerated().map { ConfigPlace(path: "\(joined(name))[\($0)]", position: $1.position) }
    }

    /// The field's own place, or its object's when it is missing.
    package func place(of name: String) -> ConfigPlace {
        ConfigPlace(path: joined(name), position: member(name)?.node.position ?? position)
    }
}
