import Foundation

/// A column of a list: its title and the type of its values.
package struct ListColumn: Equatable, Sendable, Codable {
    /// The type of the values; in JSON only a `string` is quoted.
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

    /// Parses the columns of a list from its entry, as JSON.
    package static func columns(_ json: [UInt8]) throws -> [ListColumn] {
        try JSONDecoder().decode([ListColumn].self, from: Data(json))
    }
}
