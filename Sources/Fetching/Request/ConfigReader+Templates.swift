import Basics
import Config

/// Fields of a request, in whose texts stands what differs between requests.
extension ConfigReader {
    /// The names that placeholders of requests begin with.
    static var deferred: Set<String> {
        Set(RequestTemplate.Name.allCases.map(\.rawValue) + TimePlaceholder.names)
    }

    /// `check` throws what is wrong with the text, for a sample of what differs.
    func template(
        _ name: String, type: String = "string", allowsLines: Bool = false, _ summary: String,
        knowing names: Set<RequestTemplate.Name>,
        check: (String) throws(InvalidText) -> Void = { _ throws(InvalidText) in }
    ) -> RequestTemplate? {
        text(name, type: type, allowsLines: allowsLines, deferring: Self.deferred, summary) { text in
            let template = try RequestTemplate(text, knowing: names)
            try check(template.sample)
            return template
        }
    }

    /// The values of an object; an array repeats its name.
    func templates(
        _ name: String, _ summary: String, knowing names: Set<RequestTemplate.Name>
    ) -> [(name: String, value: RequestTemplate)] {
        texts(name, deferring: Self.deferred, summary) { try RequestTemplate($0, knowing: names) }
    }

    /// The text of any JSON, within whose strings something may differ.
    func jsonTemplate(
        _ name: String, _ summary: String, knowing names: Set<RequestTemplate.Name>
    ) -> RequestTemplate? {
        json(name, deferring: Self.deferred, summary) { try RequestTemplate($0, knowing: names) }
    }
}
