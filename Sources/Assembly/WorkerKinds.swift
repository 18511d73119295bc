import Archive
import Config
import Fetching
import Merging
import Projecting
import Serving
import Workers

/// All kinds of workers.
package enum WorkerKinds {
    /// In the order in which data flows.
    static let all: [any WorkerConfig.Type] = [
        FetchConfig.self,
        MergeConfig.self,
        ArchiveConfig.self,
        ProjectConfig.self,
        APIConfig.self,
    ]

    /// Reads the config of the kind in its field `worker`; returns nil, with issues in the reader's context, if anything is
    /// wrong.
    static func config(reading reader: ConfigReader) -> (any WorkerConfig)? {
        let name = reader.choice("worker", among: all.map { $0.kind.name }, "The kind of worker.")
        return all.first { $0.kind.name == name }?.init(reading: reader)
    }

    /// The reference of all fields as Markdown, generated from the declarations that read the configs.
    package static var reference: String { preface + all.map(section).joined(separator: "\n") }

    /// The part of the page that applies to all configs.
    private static let preface = """
        # Configuration

        A worker is one JSON file. This page is what `cointape check --reference` prints.

        Strings may contain `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, which the environment fills in. For the last two
        an empty variable counts as missing. A string that is one placeholder may stand for a number or a boolean. `$${` is a
        literal `${`. Durations have a unit (`ms`, `s`, `m`, `h`, `d`), and so have sizes (`B`, `kB`, `MB`, `GB`). Unknown and
        repeated keys are errors. So are control characters, except in jq filters, and white space around the value of a
        variable. `cointape check` reports all errors at once, each with its place.


        """

    private static func section(_ config: any WorkerConfig.Type) -> String {
        let context = ConfigContext(file: "", environment: [:])
        _ = config.init(reading: context.describingReader)
        let rows = context.fields.map { field in
            let isMissing = field.defaultText == nil
            let value = isMissing ? (field.isOptional ? "–" : "required") : "`\(field.defaultText ?? "")`"
            return "| `\(field.path)` | \(field.type) | \(value) | \(field.summary) |\n"
        }
        return "## `\"worker\": \"\(config.kind.name)\"`\n\n\(config.kind.summary)\n\n"
            + "| field | type | default | |\n|---|---|---|---|\n" + rows.joined()
    }
}
