/// What an outline says: the method, the target, and the values of its fields.
package struct PlainRequest: Equatable, Sendable {
    package let isHEAD: Bool
    package let target: String
    private let values: [String: String]

    /// nil for what is not plain: another version than HTTP/1.1, a field that stands twice, or a value in other than ASCII.
    package init?(_ outline: RequestOutline) {
        guard let text = ExcerptText(outline.bytes) else { return nil }
        isHEAD = text.method == "HEAD"
        target = text.target
        var values: [String: String] = [:]
        for field in text.fields {
            guard values.updateValue(field.value, forKey: field.name) == nil else { return nil }
        }
        self.values = values
    }

    /// The value of the field with this name, in lower case.
    package subscript(_ name: String) -> String? { values[name] }
}
