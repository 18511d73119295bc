package import Basics
package import Config
package import Redis
package import ServiceLifecycle
package import Tape

/// The config of a worker, and everything that commands know about its kind.
///
/// A kind is a type that conforms to this, in a target of its own, and a line in `Assembly/WorkerKinds.swift`. The properties are
/// cheap; only `service` creates something.
package protocol WorkerConfig: Sendable {
    static var kind: WorkerKind { get }

    /// Reads all fields before it fails, so that all mistakes are reported at once; nil if there are any.
    init?(reading reader: ConfigReader)

    var worker: WorkerSettings { get }

    /// The streams of other workers that it reads, with its assumptions about them.
    var inputs: [StreamInput] { get }

    /// The stream that it writes; nil if it writes none.
    var output: StreamOutput? { get }

    /// The configs of workers whose work it does itself, on demand; they are read together with it.
    var named: [NamedConfig] { get }

    /// Conflicts between it and those configs, which are in the order of `named`; nil for one that cannot be read.
    func disagreements(with named: [(any WorkerConfig)?]) -> [PlacedMessage]

    /// Whether its worker sends HTTP requests, so that the environment's proxies must be valid.
    var asksServers: Bool { get }

    /// What `check` prints about it, and what prevents it from running.
    func review(in environment: [String: String]) -> ConfigReview

    /// The rights that the worker needs on its own Redis at this minute, besides those for its heartbeat and orders.
    func redisNeeds(at minute: Minute) -> [RedisNeed]

    /// The rights that the worker needs for orders, in each Redis that has a part of them.
    var orderNeeds: [RedisNeeds] { get }

    /// Creates the worker with the resources of the process; it starts nothing, and opens no connection before it is run.
    ///
    /// If the worker is `MinuteSettling`, it can also work for others: `identity` is that of the worker that runs it.
    func service(
        in process: WorkerProcess, as identity: WorkerIdentity, naming named: [any WorkerConfig]
    ) -> any Service
}

extension WorkerConfig {
    package var inputs: [StreamInput] { [] }
    package var output: StreamOutput? { nil }
    package var named: [NamedConfig] { [] }
    package var asksServers: Bool { false }
    package func disagreements(with named: [(any WorkerConfig)?]) -> [PlacedMessage] { [] }
    package func redisNeeds(at minute: Minute) -> [RedisNeed] { [] }
    package var orderNeeds: [RedisNeeds] { [] }
}

/// The name of a kind of worker, and what it does.
package struct WorkerKind: Equatable, Sendable {
    /// The value of `worker` in configs, and of `kind` in heartbeats.
    package let name: String
    /// A sentence for the reference of fields.
    package let summary: String

    package init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}

/// How often a stream has an entry.
package enum Rhythm: Equatable, Sendable, CustomStringConvertible {
    case every(Duration)
    /// Each entry says when the next one is due.
    case auto

    package var description: String {
        switch self {
        case .every(let period): period.short
        case .auto: "auto"
        }
    }

    /// Reads a multiple of a minute, up to a day, or `auto`.
    package static func parse(_ text: String) throws(InvalidText) -> Rhythm {
        guard text != "auto" else { return .auto }
        guard let period = ConfigQuantity.duration(text) else {
            throw InvalidText(
                "should be a duration such as \"60s\" (units: ms, s, m, h, d) or \"auto\", not \"\(text)\"")
        }
        let (least, most) = (Duration.seconds(60), Duration.seconds(86_400))
        guard (least...most).contains(period) else {
            throw InvalidText("should be from \(least.short) to \(most.short), not \"\(text)\"")
        }
        guard period.milliseconds % 60_000 == 0 else { throw InvalidText("should be a multiple of 60s") }
        return .every(period)
    }
}

/// A stream that a worker reads, with its assumptions; nil if there is no requirement.
package struct StreamInput: Sendable {
    /// The stream's name, without the prefix of keys.
    package let stream: String
    /// How often the stream has an entry.
    package let every: Placed<Rhythm>?
    /// The minimum time for which it keeps entries.
    package let reach: Placed<Duration>?
    /// The titles of columns that its lists must have.
    package let columns: Placed<[String]>?

    package init(
        _ stream: String, every: Placed<Rhythm>? = nil, reach: Placed<Duration>? = nil,
        columns: Placed<[String]>? = nil
    ) {
        self.stream = stream
        self.every = every
        self.reach = reach
        self.columns = columns
    }
}

/// The stream that a worker writes, and what others may expect of it.
package struct StreamOutput: Sendable {
    /// The stream's name, without the prefix of keys, and the field that states it.
    package let stream: Placed<String>
    /// nil keeps its entries forever.
    package let retain: Duration?
    /// nil for a stream that depends on others.
    package let every: Rhythm?
    /// The highest normal age of its newest data.
    package let patience: Duration
    /// How far back gaps and missing entries are counted.
    package let window: Duration
    /// The stream whose first entry starts its first period; nil if entries are due at once.
    ///
    /// After that first entry, nothing is due before `patience` has passed.
    package let follows: String?
    /// The number of entries that are due between two minutes, both included.
    package let due: @Sendable (Minute, Minute) -> Int
    /// The lists of its entries; nil for a stream of something else.
    package let lists: Lists?
    /// Whether entries contain their rows, and are as large.
    package let holdsRows: Bool
    /// The expiring keys that the worker writes in addition to the stream.
    package let passing: @Sendable (Minute) -> [String]

    /// Lists in keys of their own, one for each entry that is not a gap.
    package struct Lists: Sendable {
        /// Titles, in order.
        package let columns: [String]
        /// The key of a minute's list, with the prefix.
        package let key: @Sendable (Minute) -> String

        package init(columns: [String], key: @escaping @Sendable (Minute) -> String) {
            self.columns = columns
            self.key = key
        }
    }

    package init(
        _ stream: Placed<String>, retain: Duration?, every: Rhythm? = nil, patience: Duration,
        window: Duration = .seconds(7200), follows: String? = nil, lists: Lists? = nil, holdsRows: Bool? = nil,
        passing: @escaping @Sendable (Minute) -> [String] = { _ in [] },
        due: @escaping @Sendable (Minute, Minute) -> Int
    ) {
        self.stream = stream
        self.retain = retain
        self.every = every
        self.patience = patience
        self.window = window
        self.follows = follows
        self.lists = lists
        self.holdsRows = holdsRows ?? (lists == nil)
        self.passing = passing
        self.due = due
    }
}

/// Another config file that a config names.
package struct NamedConfig: Sendable {
    /// Relative to the folder of the config that names it.
    package let path: Placed<String>
    /// The kind that it must have.
    package let kind: String

    package init(_ path: Placed<String>, kind: String) {
        self.path = path
        self.kind = kind
    }
}

/// What there is to say about a valid config.
package struct ConfigReview: Sendable {
    /// What its worker does, without a subject: `joins rank + price into toplist`.
    package let does: String
    /// Further lines for `check`.
    package let notes: [String]
    /// A future problem, which is also logged at the start.
    package let warning: String?
    /// What the environment lacks; the worker cannot run without it.
    package let lacks: [PlacedMessage]

    package init(_ does: String, notes: [String] = [], warning: String? = nil, lacks: [PlacedMessage] = []) {
        self.does = does
        self.notes = notes
        self.warning = warning
        self.lacks = lacks
    }
}

/// A worker that can settle minutes on request: for an api on demand, and for `up` before its start.
package protocol MinuteSettling: Service {
    /// Settles all minutes that are due up to this one; returns whether its stream then has what a list of that minute needs.
    ///
    /// Any number of replicas may do so at once: leases let only one of them work, and a feed is only fetched when it is due.
    func settleDue(upTo minute: Minute) async throws -> Bool
}
