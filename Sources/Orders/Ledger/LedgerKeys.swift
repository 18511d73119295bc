package import Tape

extension TapeKeys {
    /// The ledger: a stream, its opening entry first, never trimmed.
    package var ledger: String { stream("{orders}:ledger") }

    /// The table of keys that were seen: `<currency> <amount> <key>` to the order's entry, and a list of currencies to the entry
    /// that added others to it.
    package var seen: String { stream("{orders}:seen") }

    /// The record of an acknowledged entry that the ledger lacks, for as long as nobody has counted it.
    package var missing: String { stream("{orders}:missing") }

    /// The id of the entry that was confirmed last, where replicas or disks are waited for.
    package var confirmed: String { stream("{orders}:confirmed") }

    /// The newest acknowledged entry of a ledger in another Redis: see `orders.witness.redis`.
    package var witness: String { stream("{orders}:witness") }
}
