package import Tape

extension TapeKeys {
    /// The ledger: a stream that begins with its opening and is never trimmed.
    package var ledger: String { stream("{orders}:ledger") }

    /// The table of seen keys: `<currency> <amount> <key>` points to the order's entry, and a list of currencies to the entry
    /// that extended it.
    package var seen: String { stream("{orders}:seen") }

    /// The record of an acknowledged entry that the ledger lacks, until somebody counts it.
    package var missing: String { stream("{orders}:missing") }

    /// The id of the last confirmed entry, if orders wait for replicas or disks.
    package var confirmed: String { stream("{orders}:confirmed") }

    /// The newest acknowledged entry of a ledger in another Redis: see `orders.witness.redis`.
    package var witness: String { stream("{orders}:witness") }
}
