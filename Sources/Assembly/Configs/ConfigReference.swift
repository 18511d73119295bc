import Config
import Fetching
import Merging
import Serving

/// The reference of all fields, as Markdown, out of the declarations by which configs are read.
package enum ConfigReference {
    package static var markdown: String {
        let parts = [
            section("fetch", "Gets a feed and publishes its rows.") { _ = FetchConfig(reading: $0) },
            section("merge", "Joins feeds and keeps the lists.") { _ = MergeConfig(reading: $0) },
            section("api", "Serves lists over HTTP.") { _ = APIConfig(reading: $0) },
        ]
        return parts.joined(separator: "\n")
    }

    private static func section(_ kind: String, _ summary: String, _ read: (ConfigReader) -> Void) -> String {
        let context = ConfigContext(file: "", environment: [:])
        read(context.describingReader)
        let rows = context.fields.map { field in
            let isMissing = field.defaultText == nil
            let value = isMissing ? (field.isOptional ? "–" : "required") : "`\(field.defaultText ?? "")`"
            return "| `\(field.path)` | \(field.type) | \(value) | \(field.summary) |\n"
        }
        return "## `\"worker\": \"\(kind)\"`\n\n\(summary)\n\n| field | type | default | |\n|---|---|---|---|\n"
            + rows.joined()
    }
}
