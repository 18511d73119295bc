import Config
import Testing

/// A config file's text under a reader, and what the reader had to say.
struct ReadConfig {
    let context: ConfigContext
    let reader: ConfigReader

    init(_ text: String, environment: [String: String] = [:]) throws {
        context = ConfigContext(file: "a.json", environment: environment)
        reader = try #require(context.reader(of: Array(text.utf8)))
    }

    /// The issues without the file's name, in the order of their finding.
    var issues: [String] {
        context.issues.map { String($0.description.dropFirst("a.json:".count)) }
    }
}
