import Basics

/// The parameters of a URL's query, in order, names and values decoded as HTML forms encode them.
struct QueryString: Equatable {
    struct Parameter: Equatable {
        let name: String
        let value: String
    }

    let parameters: [Parameter]

    init(_ text: some StringProtocol) throws(Problem) {
        var parameters: [Parameter] = []
        for piece in Array(text.utf8).split(separator: UInt8(ascii: "&")) {
            let sides = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let value = sides.count > 1 ? PercentEncoding.decode(sides[1], plusIsSpace: true) : ""
            guard let name = PercentEncoding.decode(sides[0], plusIsSpace: true), let value else {
                throw .badParameter(
                    String(decoding: sides[0], as: UTF8.self),
                    "The query is not percent-encoded right at \(String(decoding: piece, as: UTF8.self).excerpt()).",
                    accepted: "%XX with two hexadecimal digits, UTF-8")
            }
            parameters.append(Parameter(name: name, value: value))
        }
        self.parameters = parameters
    }

    /// The values by name; throws for a name that is not known or stands twice.
    func values(of known: [String]) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for parameter in parameters {
            guard let name = known.first(where: parameter.name.isExactly) else {
                throw .badParameter(
                    parameter.name, "There is no parameter \(parameter.name.excerpt()).",
                    accepted: known.isEmpty ? "no parameters" : known.joined(separator: ", "),
                    nearest: EditDistance.nearest(to: parameter.name, among: known))
            }
            guard values.updateValue(parameter.value, forKey: name) == nil else {
                throw .badParameter(
                    name, "The parameter \(name) stands more than once.", accepted: "one value")
            }
        }
        return values
    }
}
