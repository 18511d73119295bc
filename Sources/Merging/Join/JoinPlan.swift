package import TopLists

/// Which sources are joined, and which columns the list has.
package struct JoinPlan: Equatable, Sendable {
    /// How keys are compared: `integer` by value, up to 18 digits, and `string` byte for byte.
    package enum KeyType: String, CaseIterable, Sendable {
        case integer, string
    }

    /// Where a column's values come from.
    package enum Origin: Equatable, Sendable {
        /// The row's position in the list, from 1.
        case position
        /// The key itself; an integer is written without leading zeros.
        case key
        /// A member of the row of this source, given by its index in `sources`.
        case source(Int, member: String)
    }

    /// One column of the list, and when its value causes a row to be dropped.
    package struct Column: Equatable, Sendable {
        package let column: ListColumn
        package let origin: Origin
        /// Whether a row without a valid value here is dropped.
        package let isRequired: Bool
        /// The smallest valid value.
        package let minimum: Double?

        /// Whether its values come from a source's rows, where they may be of another type.
        package var isRead: Bool {
            if case .source = origin { true } else { false }
        }

        package init(_ column: ListColumn, _ origin: Origin, isRequired: Bool = false, minimum: Double? = nil) {
            self.column = column
            self.origin = origin
            self.isRequired = isRequired
            self.minimum = minimum
        }
    }

    /// What the join knows about a source; its rows are in the table with the same index.
    package struct Source: Equatable, Sendable {
        package let name: String
        /// Whether rows stay if this source lacks their key, and lists are made even if it has no rows.
        package let isOptional: Bool

        package init(name: String, isOptional: Bool = false) {
            self.name = name
            self.isOptional = isOptional
        }
    }

    /// The first source determines the order.
    package let sources: [Source]
    /// The member that holds the key; it has the same name in all sources.
    package let key: String
    package let keyType: KeyType
    /// A member that should be the same in all sources, ignoring case; differences are counted.
    package let label: String?
    package let columns: [Column]

    package init(sources: [Source], key: String, keyType: KeyType, label: String?, columns: [Column]) {
        self.sources = sources
        self.key = key
        self.keyType = keyType
        self.label = label
        self.columns = columns
    }

    /// The members of a source's rows that the join reads: the key, the label if any, then those of the columns.
    func members(ofSource source: Int) -> [String] {
        var members = [key]
        if let label { members.append(label) }
        for column in columns {
            if case .source(source, let member) = column.origin, !members.contains(member) { members.append(member) }
        }
        return members
    }
}
