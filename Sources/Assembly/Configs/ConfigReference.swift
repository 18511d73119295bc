import Config
import Fetching
import Merging
import Projecting
import Serving

/// The reference of all fields, as Markdown, out of the declarations by which configs are read.
package enum ConfigReference {
    package static var markdown: String {
        let parts = [
            section("fetch", "Gets a feed and publishes its rows.") { _ = FetchConfig(reading: $0) },
            section("merge", "Joins feeds and keeps the lists.") { _ = MergeConfig(reading: $0) },
            section("project", "Folds the ledger of orders into the read model that the api shows.") {
                _ = ProjectConfig(reading: $0)
            },
            section("api", "Serves lists over HTTP.") { _ = APIConfig(reading: $0) },
        ]
        return preface + parts.joined(separator: "\n")
    }

    /// The page's part that is about all configs.
    private static let preface = """
        # Configuration

        A worker is one JSON file. This page is what `cointape check --reference` prints.

        Strings may hold `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, filled in from the environment; a variable
        that is empty counts as missing for the last two. A string that is one placeholder may stand for a number or a
        boolean. `$${` is a literal `${`. Durations are written with their unit (`ms`, `s`, `m`, `h`, `d`), sizes too (`B`,
        `kB`, `MB`, `GB`). Unknown and repeated keys are mistakes. So are control characters, but in jq filters, and white space
        around what a variable fills in: both are told with their place. `cointape check` tells all mistakes at once.


        """

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
