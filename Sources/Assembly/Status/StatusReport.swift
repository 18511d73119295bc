import Basics
import Orders
import Tape

/// The condition of a tape at one moment, as `cointape status` shows it.
struct StatusReport: Encodable, Equatable, Sendable {
    struct Server: Encodable, Equatable, Sendable {
        let redis: String
        /// Its own name: `Redis` or `Valkey`; nil if it does not tell.
        let server: String?
        let version: String
        /// nil if INFO is refused.
        let usedBytes: Int64?
        /// nil if there is no limit.
        let maxBytes: Int64?
        /// nil if it holds nothing of this tape.
        let memory: Memory?
        let look: String
    }

    struct Stream: Encodable, Equatable, Sendable {
        let name: String
        let entries: Int
        let newestMinute: String?
        /// The newest minute that is not a gap.
        let newestData: String?
        /// The age of the newest data, in seconds.
        let age: Double?
        /// The length of the time span in which gaps and missing minutes are counted, in seconds.
        let window: Int64
        /// The number of gaps, by code.
        let gaps: [String: Int]
        /// Due minutes without an entry.
        let missing: Int
        let look: String
    }

    struct Worker: Encodable, Equatable, Sendable {
        let name: String
        let kind: String
        /// nil if it cannot be queried.
        let alive: Int?
        let lastMinute: String?
        let look: String
    }

    struct Ledger: Encodable, Equatable, Sendable {
        let isOpen: Bool
        let kind: String?
        /// These three are nil if they cannot be read.
        let orders: Int?
        let soldBTC: String?
        let leftBTC: String?
        /// Entries that are not in the read model yet.
        let unprojected: Int?
        let look: String
    }

    struct Archive: Encodable, Equatable, Sendable {
        /// The name of the worker.
        let name: String
        let stores: [String]
        /// The newest hour that is archived.
        let newestHour: String?
        /// The time since the end of that hour, in seconds.
        let lag: Double?
        /// The numbers of entries of hours and of days.
        let hours: Int
        let days: Int
        /// The growth of each store, in bytes; nil if there is no block yet.
        let bytesPerDay: Int?
        /// The number of hours between the oldest and the newest without an entry, plus recent hours whose entry is a gap.
        let missingHours: Int
        /// In the newest 24 hours that are archived.
        let missingMinutes: Int
        let look: String
    }

    struct Budget: Encodable, Equatable, Sendable {
        let name: String
        /// Credits of the present period.
        let plan: Int
        let spent: Int
        let left: Int
        /// When credits come back, or the period ends; nil if none are spent.
        let resets: String?
        /// When the rest is spent if each fetch costs what the config says; nil if it lasts until then.
        let usedUp: String?
        let look: String
    }

    struct Memory: Encodable, Equatable, Sendable {
        /// The bytes that feeds and lists take now, and will take when they have their full length.
        let boundedBytes: Int64
        let boundedBytesWhenFull: Int64
        /// How many bytes lists add per day until then.
        let listBytesPerDay: Int64
        let ordersBytes: Int64
        /// The growth of what is kept forever, in bytes: orders, and a history without limit.
        let growthPerDay: Int64
        /// Days until `maxmemory` is reached at that rate; nil without a limit, or without growth.
        let daysLeft: Double?
    }

    struct Problem: Encodable, Equatable, Sendable {
        let what: String
        /// Shell commands that fix the problem, or show more about it.
        let mend: [String]
    }

    let time: String
    var servers: [Server] = []
    var streams: [Stream] = []
    var workers: [Worker] = []
    var archives: [Archive] = []
    var budgets: [Budget] = []
    var ledger: Ledger?
    var problems: [Problem] = []
    /// What this user may not ask Redis, in words; these checks were skipped.
    var unknown: [String] = []

    init(time: Timestamp) {
        self.time = time.rfc3339
    }

    /// Adds the problem unless it is already there; text that quotes Redis is made safe to print.
    mutating func add(_ problem: Problem) {
        let safe = Problem(what: ShownText.line(problem.what), mend: problem.mend)
        if !problems.contains(safe) { problems.append(safe) }
    }
}

/// Makes text from Redis safe to print: it must not control the terminal or inject shell commands.
enum ShownText {
    /// The first 200 characters on one line; hidden characters are shown as `?`.
    static func line(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(200).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Character("?")
            default: Character(scalar)
            }
        }
        return String(scalars)
    }
}
