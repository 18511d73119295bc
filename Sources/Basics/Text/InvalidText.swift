/// What is wrong with a text, such as `should be a duration such as "60s"`; it is shown after the name of the field, option or
/// variable.
///
/// Thrown by everything that parses a one-line text, and shown to the person who wrote it.
package struct InvalidText: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
