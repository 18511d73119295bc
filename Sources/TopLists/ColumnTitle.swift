/// The titles of the columns that the shipped configs have, for code that has to find a column where no config names it.
///
/// They are the members of JSON and the header of CSV, so renaming one is a change that users notice.
package enum ColumnTitle {
    /// The column by which a coin is found in archives; must never change.
    package static let id = "CMC ID"
    package static let rank = "Rank"
    package static let symbol = "Symbol"
    package static let price = "Price USD"
}
