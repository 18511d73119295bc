import Basics

/// The parameters of a URL's query, in order, names and values decoded as HTML forms encode them.
struct QueryString {
    private let bytes: [UInt8]

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    /// The values by name; throws for the first that is not encoded right, has a name that is not known, or stands twice.
    ///
    /// What stands behind that is not read.
    func values(of known: [String]) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix { $0 != UInt8(ascii: "&") }
            rest = rest.dropFirst(piece.count + 1)
            guard !piece.isEmpty else { continue }
            let (name, value) = try Self.parameter(piece)
            guard let name = known.first(where: name.isExactly) else {
                throw .badParameter(
                    name, "There is no parameter \(name.excerpt()).",
                    accepted: known.isEmpty ? "no parameters" : known.joined(separator: ", "),
                    nearest: EditDistance.nearest(to: name, among: known))
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .badParameter(name, "The parameter \(name) stands more than once.", accepted: "one value")
            }
        }
        return values
    }

    private static func parameter(_ piece: ArraySlice<UInt8>) throws(Problem) -> (name: String, value: String) {
        let name = piece.prefix { $0 != UInt8(ascii: "=") }
        guard let decodedName = PercentEncoding.decode(name, plusIsSpace: true),
            let value = PercentEncoding.decode(piece.dropFirst(name.count + 1), plusIsSpace: true)
        else {
            throw .badParameter(
                String(decoding: name, as: UTF8.self),
                "The query is not percent-encoded right at \(String(decoding: piece, as: UTF8.self).excerpt()).",
                accepted: "%XX with two hexadecimal digits, UTF-8")
        }
        return (decodedName, value)
    }
}
