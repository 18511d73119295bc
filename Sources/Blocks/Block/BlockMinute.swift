import Digests

/// The content of a minute.
package enum BlockMinute: Equatable, Sendable {
    case list(BlockList)
    /// The minute was settled without a list: the code of its gap, and the details in words.
    case gap(code: String, detail: String)
    /// Nobody knows the content.
    case missing
}

/// A minute's list as it was stored, with the fields of its entry.
package struct BlockList: Equatable, Sendable {
    package let csv: [UInt8]
    /// The list's columns, as JSON.
    package let columns: [UInt8]
    /// The number of its rows, according to its entry.
    package let count: Int
    /// The entry's other fields, in order, which do not follow from the above.
    package let fields: [Field]

    /// The SHA-256 of the list, 32 bytes.
    package let digest: [UInt8]

    /// A field of an entry.
    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: [UInt8]

        package init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    package init(csv: [UInt8], columns: [UInt8], count: Int, fields: [Field]) {
        self.csv = csv
        digest = Digest.sha256Bytes(csv)
        self.columns = columns
        self.count = count
        self.fields = fields
    }
}
