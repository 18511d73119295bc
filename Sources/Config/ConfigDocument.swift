import JSON

/// A parsed config file whose placeholders are not filled in yet.
package struct ConfigDocument: Sendable {
    /// nil if the text is not a JSON object.
    let object: ConfigNode?
    let mistakes: [PlacedMessage]

    /// Does not throw: mistakes become issues when a reader is made.
    package init(_ text: [UInt8]) {
        var parser = ConfigParser(text)
        do throws(JSONSyntaxError) {
            let node = try parser.parse()
            var mistakes = parser.repeatedKeys.map { PlacedMessage($0, "repeated key") }
            if case .object = node.value {
                object = node
            } else {
                object = nil
                mistakes.append(
                    PlacedMessage(
                        ConfigPlace(path: "", position: node.position), "should be an object, not \(node.described)"))
            }
            self.mistakes = mistakes
        } catch {
            object = nil
            let place = ConfigPlace(path: "", position: SourcePosition.of(offset: error.offset, in: text))
            let isComment =
                error.offset < text.count && [UInt8(ascii: "/"), UInt8(ascii: "#")].contains(text[error.offset])
            mistakes = [
                PlacedMessage(place, "not valid JSON: \(isComment ? "JSON has no comments" : error.message)")
            ]
        }
    }
}
