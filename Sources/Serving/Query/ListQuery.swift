import Basics

/// What a request for a list asks: how many rows, as what, of which minute.
struct ListQuery: Equatable {
    let limit: Int
    let format: ListFormat
    /// nil asks for the newest list.
    let datetime: DateTimeParameter?

    static let parameters = ["limit", "datetime", "format"]
    static let defaultLimit = 100

    init(query: some StringProtocol, accept: String?, now: Timestamp) throws(Problem) {
        let values = try QueryString(query).values(of: Self.parameters)
        limit = try values["limit"].map(Self.limit) ?? Self.defaultLimit
        format = try values["format"].map(Self.format) ?? AcceptHeader.format(accept)
        datetime = try values["datetime"].map { text throws(Problem) in
            guard let parameter = DateTimeParameter(text, now: now) else {
                throw .badParameter(
                    "datetime", "datetime cannot be read: \(text)", accepted: DateTimeParameter.accepted)
            }
            return parameter
        }
    }

    /// More than any list has is as good as all.
    private static func limit(_ text: String) throws(Problem) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit), text.contains(where: { $0 != "0" }) else {
            throw .badParameter("limit", "limit is not a whole number of 1 or more: \(text)", accepted: "1, 2, 3, …")
        }
        return Int(text) ?? .max
    }

    private static func format(_ text: String) throws(Problem) -> ListFormat {
        let known = ListFormat.allCases.map(\.rawValue)
        guard let format = ListFormat(rawValue: text.uppercased()) else {
            throw .badParameter(
                "format", "There is no format \(text).", accepted: known.joined(separator: ", "),
                nearest: EditDistance.nearest(to: text, among: known))
        }
        return format
    }
}
