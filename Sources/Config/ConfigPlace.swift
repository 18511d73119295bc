/// Where a field stands, for what only shows when the file has been read.
package struct ConfigPlace: Equatable, Sendable {
    /// As in `ConfigIssue`: `request.pages.size`.
    package let path: String
    /// nil if the file has neither the field nor the object that it belongs in.
    package let position: SourcePosition?
}

/// A value of a config and where it stands, for what compares configs.
package struct Placed<Value: Sendable>: Sendable {
    package let value: Value
    package let place: ConfigPlace

    package init(_ value: Value, at place: ConfigPlace) {
        self.value = value
        self.place = place
    }
}

/// What is wrong with a field, said by one who does not know the file's name.
package struct PlacedMessage: Sendable {
    package let place: ConfigPlace
    package let message: String

    package init(_ place: ConfigPlace, _ message: String) {
        self.place = place
        self.message = message
    }

    /// The issue that this is once the file is known.
    package func issue(in file: String) -> ConfigIssue {
        ConfigIssue(file: file, position: place.position, path: place.path, message: message)
    }
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
