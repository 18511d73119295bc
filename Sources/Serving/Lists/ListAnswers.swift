import Basics
import Tape

/// What an answer with a list holds, whoever writes it.
struct ListAnswers: Sendable {
    let clock: TapeClock
    /// Whether caches may keep past lists for good; not those of a sandbox, under whose URLs real ones may follow.
    let mayLast: Bool
    /// What caches are told of those.
    private let lasting: String
    private let compressed = CompressedBodies(capacity: 16_000_000)

    init(clock: TapeClock, mayLast: Bool) {
        self.clock = clock
        self.mayLast = mayLast
        lasting = Freshness.lasting(clock).cacheControl
    }

    /// A Redis that fails over may lose its last writes, and with them a list that is then made anew of other rows: one that
    /// is younger is not called lasting.
    private static let settling: Duration = .seconds(300)

    /// In bytes; more would hold up an event loop for some tenths of a millisecond, again and again where each request is
    /// for another number of rows.
    private static let longestAtOnce = 8_000

    /// Whether an answer would take long to make: what is large has to be compressed first.
    func takesLong(_ served: ListRepresentation) -> Bool {
        served.coding == .gzip && served.size > Self.longestAtOnce && !compressed.has(served.tag)
    }

    func representation(of served: ListRepresentation, _ query: ListQuery, now: Timestamp) -> Representation {
        let rows = served.rows
        let minute = rows.list.minute
        let isLasting = mayLast && query.datetime == .absolute(minute) && now - minute.start > Self.settling
        let freshness = isLasting ? nil : Freshness.passing(minute, now: now, clock: clock)
        var representation = Representation(
            mediaType: rows.format.mediaType, tag: served.tag, coding: served.coding,
            cacheControl: freshness?.cacheControl ?? lasting, vary: "Accept, Accept-Encoding",
            modified: (minute.start, rows.list.lastModified)
        ) { served.body(compressed) }
        if case .passing(let age, _, let remaining)? = freshness {
            representation.age = age
            representation.remaining = remaining
            if query.datetime != nil { representation.contentLocation = query.location(of: minute) }
        }
        return representation
    }
}
