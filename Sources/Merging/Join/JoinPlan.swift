package import TopLists

/// What is joined with what, and which columns come out.
package struct JoinPlan: Equatable, Sendable {
    /// How keys are compared: `integer` by value, up to 18 digits, and `string` byte for byte.
    package enum KeyType: String, CaseIterable, Sendable {
        case integer, string
    }

    /// Where a column's values come from.
    package enum Origin: Equatable, Sendable {
        /// 1 for the first row that comes out, and so on.
        case position
        /// The key itself; of an integer its digits without leading zeros.
        case key
        /// A member of the row that this source, by its place in `sources`, has for the key.
        case source(Int, member: String)
    }

    /// One column of the list, and when a row is dropped for its value there.
    package struct Column: Equatable, Sendable {
        package let column: ListColumn
        package let origin: Origin
        /// A row without a good value here is dropped.
        package let isRequired: Bool
        /// The least good value.
        package let minimum: Double?

        package init(_ column: ListColumn, _ origin: Origin, isRequired: Bool = false, minimum: Double? = nil) {
            self.column = column
            self.origin = origin
            self.isRequired = isRequired
            self.minimum = minimum
        }
    }

    /// What the join knows of a source; its rows come in the table at the same place.
    package struct Source: Equatable, Sendable {
        package let name: String
        /// Rows whose key it does not have stay, and a list is made without it.
        package let isOptional: Bool

        package init(name: String, isOptional: Bool = false) {
            self.name = name
            self.isOptional = isOptional
        }
    }

    /// The first source gives the order.
    package let sources: [Source]
    /// The member that holds the key, by the same name in the rows of all sources.
    package let key: String
    package let keyType: KeyType
    /// A member that should be the same in all sources but for its case; where it is not, it is counted.
    package let label: String?
    package let columns: [Column]

    package init(sources: [Source], key: String, keyType: KeyType, label: String?, columns: [Column]) {
        self.sources = sources
        self.key = key
        self.keyType = keyType
        self.label = label
        self.columns = columns
    }

    /// The members of a source's rows that the join reads: the key, the label if any, then the columns'.
    func members(ofSource source: Int) -> [String] {
        var members = [key]
        if let label { members.append(label) }
        for column in columns {
            if case .source(source, let member) = column.origin, !members.contains(member) { members.append(member) }
        }
        return members
    }
}
