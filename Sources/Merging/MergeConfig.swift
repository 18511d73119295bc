import Basics
package import Config
import Tape
import TopLists
package import Workers

/// The config of a merge worker: which sources to join, by which key, and which columns the list has.
package struct MergeConfig: Sendable {
    package let worker: WorkerSettings
    /// One or more; the first one determines the order of the list.
    package let sources: [SourceSettings]
    package let plan: JoinPlan
    /// How long after a minute's start the worker waits for its entries.
    package let grace: Duration
    /// The name of the stream of lists, without the prefix of keys.
    package let stream: String
    /// The location of `publish.stream` in the config, for messages.
    package let streamPlace: ConfigPlace
    /// nil keeps the history forever.
    package let retain: Duration?

    package init?(reading reader: ConfigReader) {
        let worker = WorkerSettings(reading: reader)
        let sources = reader.objects(
            "sources", atLeast: 1, "What is joined; the first gives the order, and one alone is a list."
        )
        .compactMap(SourceSettings.init)
        // From all sources, so that a mistake in one of them is not reported again for each of its columns.
        let sourceNames = reader.names("name", in: "sources")
        let key = reader.object("key", "What rows are matched by.").flatMap(KeySettings.init)
        let label = reader.string(
            "label", optional: true, "A member that should be the same in all sources; differences are counted.")
        let columns = reader.objects("columns", atLeast: 1, "The columns of the list, in order.")
            .compactMap { ColumnSettings(reading: $0, sources: sourceNames) }
        let grace = reader.duration(
            "grace", default: "58s", in: .seconds(1)...(.seconds(600)),
            "How long after a minute's start to wait for its sources.")
        let publish = reader.object("publish", "Where the lists go.")
        let stream = publish?.name("stream", "The stream of lists, and the beginning of their keys' names.")
        publish?.finish()
        let retain = reader.object("history", optional: true, "How long lists are kept.").flatMap(Self.retain)
        reader.finish()
        let names = sources.map(\.name)
        reader.complainAboutRepeats(of: "name", in: "sources", "is another source's name too")
        reader.complainAboutRepeats(of: "name", in: "columns", "is another column's name too")
        if let first = sources.first, first.isOptional {
            reader.complain(about: "sources", "the first source gives the order and cannot be optional")
        }
        guard let worker, let key, let grace, let publish, let stream, let retain, !columns.isEmpty, !names.isEmpty
        else {
            return nil
        }
        self.worker = worker
        self.sources = sources
        self.grace = grace
        self.stream = stream
        streamPlace = publish.place(of: "stream")
        self.retain = retain.duration
        plan = JoinPlan(
            sources: sources.map { JoinPlan.Source(name: $0.name, isOptional: $0.isOptional) }, key: key.member,
            keyType: key.type, label: label, columns: columns.map(\.column))
    }

    /// The titles of the list's columns, in order.
    package var columnNames: [String] { plan.columns.map(\.column.name) }

    private struct Retain {
        /// nil means forever.
        let duration: Duration?
    }

    private static func retain(reading reader: ConfigReader) -> Retain? {
        let retain = reader.parsed(
            "retain", type: "duration", default: "7d", "How long a list is kept; `forever` must be written."
        ) { text in
            if text == "forever" { return Retain(duration: nil) }
            guard let duration = ConfigQuantity.duration(text), duration >= .seconds(600) else {
                throw InvalidText("should be a duration of 10m or more, such as \"7d\", or \"forever\"")
            }
            return Retain(duration: duration)
        }
        reader.finish()
        return retain
    }
}

/// One source of a join: a stream, or the union of several.
package struct SourceSettings: Sendable {
    package let name: String
    /// The names of one or more streams, without the prefix of keys; their rows are concatenated in this order.
    package let streams: [String]
    /// The period of the feed, a multiple of 60 s, aligned to the epoch; or its entries say when the next one is due.
    package let every: Rhythm
    /// How much older than the list an entry may be to be joined; if its feed's entries say when the next one is due, from then on.
    package let margin: Duration
    package let isOptional: Bool
    /// The period in which its minutes are due, so far as it is known beforehand.
    var period: Duration {
        if case .every(let period) = every { period } else { .seconds(60) }
    }
    package let everyPlace: ConfigPlace
    package let marginPlace: ConfigPlace

    init?(reading reader: ConfigReader) {
        let name = reader.name("name", "The name that columns refer to.")
        let streams = reader.strings("streams", atLeast: 1, "Its streams; several are read one behind the other.")
        let every = reader.parsed(
            "every", type: "duration", default: "60s",
            "The period of the feed, as in its config: a multiple of 60s, or `auto`.",
            convert: Rhythm.parse)
        let margin = reader.duration(
            "margin", default: "60s", in: .zero...(.seconds(7 * 86_400)),
            "How much older than the list its rows may be: with a gap, or between two entries of a slow feed.")
        let isOptional = reader.bool(
            "optional", default: false, "Whether lists are made without it, and keep rows that it lacks.")
        reader.finish()
        guard let name, let streams, !streams.isEmpty, let every, let margin, let isOptional else { return nil }
        self.name = name
        self.streams = streams
        self.every = every
        self.margin = margin
        self.isOptional = isOptional
        everyPlace = reader.place(of: "every")
        marginPlace = reader.place(of: "margin")
    }
}

struct KeySettings {
    let member: String
    let type: JoinPlan.KeyType

    init?(reading reader: ConfigReader) {
        let member = reader.string("member", "The member of each source's rows that is the key.")
        let type = reader.choice(
            "type", default: JoinPlan.KeyType.integer, "Integers may come as numbers or as strings of digits.")
        reader.finish()
        guard let member, let type else { return nil }
        self.member = member
        self.type = type
    }
}

struct ColumnSettings {
    let column: JoinPlan.Column

    init?(reading reader: ConfigReader, sources: [String]) {
        let name = reader.string("name", "The column's title.")
        let origin = reader.parsed("origin", type: "origin", "`position`, `key`, or `<source>.<member>`.") { text in
            try Self.origin(text, sources)
        }
        let type = reader.choice("type", default: ListColumn.Kind.string, "What its values are.")
        let isRequired = reader.bool("required", default: false, "Whether rows without a good value here are dropped.")
        let minimum = reader.parsed("min", type: "decimal string", optional: true, "The least good value.") { text in
            guard let value = Double(text), value.isFinite else {
                throw InvalidText("should be a decimal in quotes, such as \"0\"")
            }
            return value
        }
        reader.finish()
        guard let name, let origin, let type, let isRequired else { return nil }
        column = JoinPlan.Column(
            ListColumn(name: name, type: type), origin, isRequired: isRequired, minimum: minimum)
    }

    private static func origin(_ text: String, _ sources: [String]) throws -> JoinPlan.Origin {
        if text == "position" { return .position }
        if text == "key" { return .key }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw InvalidText("should be position, key, or <source>.<member>, not \"\(text)\"")
        }
        guard let index = sources.firstIndex(of: parts[0]) else {
            let known = sources.indices.filter { sources.firstIndex(of: sources[$0]) == $0 }.map { sources[$0] }
                .joined(separator: ", ")
            let hint = EditDistance.nearest(to: parts[0], among: sources).map { " (did you mean \($0)?)" } ?? ""
            throw InvalidText("names the source \"\(parts[0])\"\(hint); the sources are \(known)")
        }
        return .source(index, member: parts[1])
    }
}
