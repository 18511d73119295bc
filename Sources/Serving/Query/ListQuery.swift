import Basics
import HTTPServer
import TopLists

/// The parameters of a request for a list: how many rows, in which format, of which minute.
struct ListQuery: Equatable {
    let format: ListFormat
    /// nil asks for the newest list.
    let datetime: DateTimeParameter?
    /// The greatest age of a list that is served; nil for any.
    let maxAge: Duration?
    /// Which list is served if the requested minute has none.
    let match: Match
    /// The value in the query; nil if the default applies, or `Accept`.
    private let givenLimit: Int?
    private let givenFormat: ListFormat?

    /// Which parameters the query contains.
    struct Names: Equatable {
        let limit: Bool
        let format: Bool
        let datetime: Bool
    }

    var names: Names { Names(limit: givenLimit != nil, format: givenFormat != nil, datetime: datetime != nil) }

    enum Match: String, CaseIterable {
        case exact, before, after, nearest

        /// The chosen one of the nearest minutes with a list; of two that are equally near, the earlier one.
        func choice(_ near: ListHistory.Neighbours, of minute: Minute) -> Minute? {
            switch self {
            case .exact: return nil
            case .before: return near.before
            case .after: return near.after
            case .nearest:
                guard let before = near.before, let after = near.after else { return near.before ?? near.after }
                return minute.start - before.start <= after.start - minute.start ? before : after
            }
        }
    }

    static let parameters: [StaticString] = ["limit", "datetime", "format", "max_age", "match"]
    static let defaultLimit = 100

    var limit: Int { givenLimit ?? Self.defaultLimit }

    /// `accept` is the header field, which is only used if the query names no format.
    init(_ query: QueryString, accept: @autoclosure () -> String?, now: Timestamp) throws(Problem) {
        let values = try query.values(of: Self.parameters)
        givenLimit = try values["limit"].map(Self.limit)
        givenFormat = try values["format"].map(Self.format(named:))
        format = givenFormat ?? AcceptHeader.format(accept())
        maxAge = try values["max_age"].map(Self.maxAge)
        match = try values["match"].map(Self.match) ?? .exact
        datetime = try values["datetime"].map { text throws(Problem) in
            guard let parameter = DateTimeParameter(text, now: now) else {
                throw .badParameter(
                    "datetime", "datetime cannot be read: \(text.excerpt())", accepted: DateTimeParameter.accepted)
            }
            return parameter
        }
    }

    /// The permanent location of the same response: with an absolute minute, and the parameters that were given.
    func location(of minute: Minute) -> String {
        var parameters = ["datetime=\(minute)"]
        if let givenLimit { parameters.append("limit=\(givenLimit)") }
        if let givenFormat { parameters.append("format=\(givenFormat.name)") }
        return "/?" + parameters.joined(separator: "&")
    }

    private static func maxAge(_ text: String) throws(Problem) -> Duration {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), digits.utf8.allSatisfy(isDigit), digits.count < 10,
            let count = Int64(digits), count > 0
        else {
            throw .badParameter(
                "max_age", "max_age is not a duration: \(text.excerpt())", accepted: "90s, 5m, 2h, 1d and the like")
        }
        return .seconds(count * unit)
    }

    private static func match(_ text: String) throws(Problem) -> Match {
        guard let match = Match(rawValue: text) else {
            let known = Match.allCases.map(\.rawValue)
            throw .badParameter(
                "match", "There is no match \(text.excerpt()).", accepted: known.joined(separator: ", "),
                nearest: EditDistance.nearest(to: text, among: known))
        }
        return match
    }

    /// A limit above the size of any list means all rows.
    static func limit(_ text: String) throws(Problem) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit), text.utf8.contains(where: { $0 != UInt8(ascii: "0") })
        else {
            throw .badParameter(
                "limit", "limit is not a whole number of 1 or more: \(text.excerpt())", accepted: "1, 2, 3, …")
        }
        return Int(text) ?? .max
    }

    /// The format that the parameter names; without it, the one that the header field prefers.
    static func format(_ parameter: String?, accept: @autoclosure () -> String?) throws(Problem) -> ListFormat {
        try parameter.map(format(named:)) ?? AcceptHeader.format(accept())
    }

    private static func format(named text: String) throws(Problem) -> ListFormat {
        let format = ListFormat.allCases.first {
            text.utf8.count == $0.name.utf8.count
                && text.utf8.lazy.map(lowercased).elementsEqual($0.lowercasedName.utf8)
        }
        guard let format else {
            let known = ListFormat.allCases.map(\.name)
            throw .badParameter(
                "format", "There is no format \(text.excerpt()).", accepted: known.joined(separator: ", "),
                nearest: EditDistance.nearest(to: text, among: known))
        }
        return format
    }
}
