/// What is wrong with a text from outside, as in `should be a duration such as "60s"`: it goes behind the name of the field,
/// option or variable that the text is of.
///
/// Thrown by all that reads a text of one line, and shown to whoever wrote it.
package struct InvalidText: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
