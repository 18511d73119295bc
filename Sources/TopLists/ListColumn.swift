import Foundation

/// A column of a list: its title and what its values are.
package struct ListColumn: Equatable, Sendable, Codable {
    /// What the values are; in JSON only a `string` is written in quotes.
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case integer, decimal, string
    }

    /// The title in the header of CSV, and the name of the member in JSON.
    package let name: String
    package let type: Kind

    package init(name: String, type: Kind) {
        self.name = name
        self.type = type
    }

    /// Reads the columns of a list as its entry has them, in JSON.
    package static func columns(_ json: [UInt8]) throws -> [ListColumn] {
        try JSONDecoder().decode([ListColumn].self, from: Data(json))
    }
}
