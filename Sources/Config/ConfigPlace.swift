/// The location of a field, for mistakes that only show after the file has been read.
package struct ConfigPlace: Equatable, Sendable {
    /// A path as in `ConfigIssue`: `request.pages.size`.
    package let path: String
    /// nil if the file has neither the field nor its object.
    package let position: SourcePosition?
}

/// A value of a config and its location, for comparisons between configs.
package struct Placed<Value: Sendable>: Sendable {
    package let value: Value
    package let place: ConfigPlace

    package init(_ value: Value, at place: ConfigPlace) {
        self.value = value
        self.place = place
    }
}

/// A mistake in a field, reported by code that does not know the file's name.
package struct PlacedMessage: Sendable {
    package let place: ConfigPlace
    package let message: String

    package init(_ place: ConfigPlace, _ message: String) {
        self.place = place
        self.message = message
    }

    /// Makes an issue of this file.
    package func issue(in file: String) -> ConfigIssue {
        ConfigIssue(file: file, position: place.position, path: place.path, message: message)
    }
}

extension ConfigReader {
    /// The locations of an array's elements.
    package func places(ofEach name: String) -> [ConfigPlace] {
        guard case .array(let elements) = member(name)?.node.value else { return [] }
        return elements.enumerated().map { ConfigPlace(path: "\(joined(name))[\($0)]", position: $1.position) }
    }

    /// The location of the field, or of its object if the field is missing.
    package func place(of name: String) -> ConfigPlace {
        ConfigPlace(path: joined(name), position: member(name)?.node.position ?? position)
    }
}
