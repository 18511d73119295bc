import Basics
import Orders
import Tape

/// How a tape is at one moment: what `cointape status` shows.
struct StatusReport: Encodable, Equatable, Sendable {
    struct Server: Encodable, Equatable, Sendable {
        let redis: String
        let version: String
        /// nil where INFO is refused.
        let usedBytes: Int64?
        /// nil without a limit.
        let maxBytes: Int64?
        /// nil for one that has nothing of this tape.
        let memory: Memory?
        let look: String
    }

    struct Stream: Encodable, Equatable, Sendable {
        let name: String
        let entries: Int
        let newestMinute: String?
        /// The newest minute that is no gap.
        let newestData: String?
        /// Of the newest data, in seconds.
        let age: Double?
        /// In how many seconds the minutes lie that gaps and missing ones are counted in.
        let window: Int64
        /// By code.
        let gaps: [String: Int]
        /// Due minutes without an entry.
        let missing: Int
        let look: String
    }

    struct Worker: Encodable, Equatable, Sendable {
        let name: String
        let kind: String
        /// nil where it cannot be asked.
        let alive: Int?
        let lastMinute: String?
        let look: String
    }

    struct Ledger: Encodable, Equatable, Sendable {
        let isOpen: Bool
        let kind: String?
        /// These are nil where they cannot be read.
        let orders: Int?
        let soldBTC: String?
        let leftBTC: String?
        /// Entries that no read model has yet.
        let unprojected: Int?
        let look: String
    }

    struct Archive: Encodable, Equatable, Sendable {
        /// The worker's.
        let name: String
        let stores: [String]
        /// The newest that is sealed.
        let newestHour: String?
        /// Since the end of that hour, in seconds.
        let lag: Double?
        /// How many entries tell of hours, and of days.
        let hours: Int
        let days: Int
        /// Of each store; nil where there is no block yet.
        let bytesPerDay: Int?
        /// Hours between the oldest and the newest without an entry, and those of the last days whose entry is a gap.
        let missingHours: Int
        /// Of the last 24 hours that are sealed.
        let missingMinutes: Int
        let look: String
    }

    struct Memory: Encodable, Equatable, Sendable {
        /// What feeds and lists take now, and once they are as long as they are kept.
        let boundedBytes: Int64
        let boundedBytesWhenFull: Int64
        /// What lists add a day until then.
        let listBytesPerDay: Int64
        let ordersBytes: Int64
        /// Of what grows for ever: orders, and a history that is kept for ever.
        let growthPerDay: Int64
        /// Until `maxmemory`, at that rate; nil without a limit, or without growth.
        let daysLeft: Double?
    }

    struct Problem: Encodable, Equatable, Sendable {
        let what: String
        /// Lines for a shell that mend it, or show more of it.
        let mend: [String]
    }

    let time: String
    var servers: [Server] = []
    var streams: [Stream] = []
    var workers: [Worker] = []
    var archives: [Archive] = []
    var ledger: Ledger?
    var problems: [Problem] = []
    /// What Redis refuses to tell this user, in words; nothing is wrong therefore, and nothing is known to be right.
    var unknown: [String] = []

    init(time: Timestamp) {
        self.time = time.rfc3339
    }

    /// Adds the problem, unless it was told; words that quote Redis are made safe to show.
    mutating func add(_ problem: Problem) {
        let safe = Problem(what: ShownText.line(problem.what), mend: problem.mend)
        if !problems.contains(safe) { problems.append(safe) }
    }
}

/// Text out of Redis, as status shows it: whoever can write there must not write on the terminal, nor into a shell.
enum ShownText {
    /// The text on one line, at most 200 characters of it; what is hidden is shown as `?`.
    static func line(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(200).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Character("?")
            default: Character(scalar)
            }
        }
        return String(scalars)
    }

    /// The text as one word of a shell, whatever it holds: bash's `$'…'` where quotes alone do not do.
    static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "'") }
        if isPlain { return "'\(text)'" }
        let bytes = text.utf8.map { byte -> String in
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
        return "$'" + bytes.joined() + "'"
    }
}
