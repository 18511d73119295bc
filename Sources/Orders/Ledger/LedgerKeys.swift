package import Tape

extension TapeKeys {
    /// The ledger: a stream, its opening entry first, never trimmed.
    package var ledger: String { stream("{orders}:ledger") }

    /// The table of keys that were seen: `<currency> <amount> <key>` to the order's entry.
    package var seen: String { stream("{orders}:seen") }
}
