package import Basics
package import Config
package import Redis
package import ServiceLifecycle
package import Tape

/// The config of a worker, and with it all that commands know of its kind.
///
/// A kind is a type that conforms, in a target of its own, and a line in `Assembly/WorkerKinds.swift`. Values that say
/// what a worker does cost nothing to ask for; only `service` makes something.
package protocol WorkerConfig: Sendable {
    static var kind: WorkerKind { get }

    /// Reads all fields before it gives up, so that all mistakes are told at once: nil if there is one.
    init?(reading reader: ConfigReader)

    var worker: WorkerSettings { get }

    /// The streams of other workers that it reads, with what it takes for granted about them.
    var inputs: [StreamInput] { get }

    /// The stream that it writes; nil if it writes none.
    var output: StreamOutput? { get }

    /// The configs of workers whose work it does itself, on demand. They are read with it.
    var named: [NamedConfig] { get }

    /// What does not fit between it and those configs, which come in the order of `named`; nil for one that cannot be read.
    func disagreements(with named: [(any WorkerConfig)?]) -> [PlacedMessage]

    /// Whether its worker asks servers over HTTP: the environment's proxies have to be right then.
    var asksServers: Bool { get }

    /// What `check` prints of it, and what keeps it from running.
    func review(in environment: [String: String]) -> ConfigReview

    /// The rights that the worker needs on its own Redis at that minute, beside its heartbeat and orders.
    func redisNeeds(at minute: Minute) -> [RedisNeed]

    /// Makes the worker out of what the process has. Nothing is started, and no connection opened, before it is run.
    ///
    /// A worker that is `MinuteSettling` can work for others too: `identity` is that of whoever runs it.
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
}

/// What a kind of worker is called, and what it does.
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

/// A stream that a worker reads, and what it takes for granted: nil for what may be as it likes.
package struct StreamInput: Sendable {
    /// The stream's name, without the prefix of keys.
    package let stream: String
    /// How often it has an entry.
    package let every: Placed<Duration>?
    /// For how long it keeps its entries at least.
    package let reach: Placed<Duration>?
    /// Titles of columns that its lists have.
    package let columns: Placed<[String]>?

    package init(
        _ stream: String, every: Placed<Duration>? = nil, reach: Placed<Duration>? = nil,
        columns: Placed<[String]>? = nil
    ) {
        self.stream = stream
        self.every = every
        self.reach = reach
        self.columns = columns
    }
}

/// The stream that a worker writes, and what is expected of it.
package struct StreamOutput: Sendable {
    /// The stream's name, without the prefix of keys, and the field that gives it.
    package let stream: Placed<String>
    /// nil keeps its entries for ever.
    package let retain: Duration?
    /// nil for a stream that follows others.
    package let every: Duration?
    /// How old its newest data may be before something is wrong.
    package let patience: Duration
    /// How far back gaps and missing entries are counted.
    package let window: Duration
    /// The stream whose first entry begins its first period; nil where something is due at once.
    ///
    /// Nothing is due before `patience` is over from then on.
    package let follows: String?
    /// How many entries are due from one minute to another, both included.
    package let due: @Sendable (Minute, Minute) -> Int
    /// The lists that its entries stand for; nil for a stream of something else.
    package let lists: Lists?
    /// Whether entries are as large as their rows, which stand in them.
    package let holdsRows: Bool
    /// Keys that the worker writes beside the stream, and that expire.
    package let passing: @Sendable (Minute) -> [String]

    /// Lists that stand in keys of their own, one for each entry that is no gap.
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
        _ stream: Placed<String>, retain: Duration?, every: Duration? = nil, patience: Duration,
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
    /// From the folder of the config on that names it.
    package let path: Placed<String>
    /// The name of the kind that it has to be of.
    package let kind: String

    package init(_ path: Placed<String>, kind: String) {
        self.path = path
        self.kind = kind
    }
}

/// What is to be said of a config that is right by itself.
package struct ConfigReview: Sendable {
    /// What its worker does, without a subject: `joins rank + price into toplist`.
    package let does: String
    /// Further lines for `check`.
    package let notes: [String]
    /// What will go wrong in time; told at start too.
    package let warning: String?
    /// What the environment lacks: the worker cannot run before.
    package let lacks: [PlacedMessage]

    package init(_ does: String, notes: [String] = [], warning: String? = nil, lacks: [PlacedMessage] = []) {
        self.does = does
        self.notes = notes
        self.warning = warning
        self.lacks = lacks
    }
}

/// A worker that settles minutes, and can be asked to: by an api on demand, and by `up` for the minutes before its start.
package protocol MinuteSettling: Service {
    /// Settles all that is due up to the minute and not settled yet; whether its stream is then as far as a list of that
    /// minute needs.
    ///
    /// Any number of replicas may do so at once: leases let one of them work, and a feed is asked only when it is due.
    func settleDue(upTo minute: Minute) async throws -> Bool
}
