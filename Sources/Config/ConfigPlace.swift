/// Where a field stands, for what only shows when the file has been read.
package struct ConfigPlace: Equatable, Sendable {
    package let path: String
    package let position: SourcePosition?
}

extension ConfigReader {
    /// The field's own place, or its object's when it is missing.
    package func place(of name: String) -> ConfigPlace {
        ConfigPlace(path: joined(name), position: member(name)?.node.position ?? position)
    }
}
