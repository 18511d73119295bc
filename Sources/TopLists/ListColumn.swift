/// A column of a list: its title and what its values are.
package struct ListColumn: Equatable, Sendable, Codable {
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case integer, decimal, string
    }

    package let name: String
    package let type: Kind

    package init(name: String, type: Kind) {
        self.name = name
        self.type = type
    }
}
