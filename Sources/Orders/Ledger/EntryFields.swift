import Tape

/// Reads an entry's fields with a conversion for each.
struct EntryFields {
    private let entry: TapeEntry

    init(_ entry: TapeEntry) {
        self.entry = entry
    }

    func has(_ name: String) -> Bool { entry.fields[name] != nil }

    func read<Value>(_ name: String, _ convert: (String) -> Value?) throws(DamagedEntry) -> Value {
        guard let text = entry.text(name) else { throw DamagedEntry(entry.id, "has no field \(name)") }
        guard let value = convert(text) else {
            throw DamagedEntry(entry.id, "has an unreadable field \(name): \(text.prefix(100))")
        }
        return value
    }
}
