import Basics
import Logging
import Logs
import Tape
import TopLists

/// Keeps the newest list up to date: finds it at the start, then follows the index of lists.
struct ListTail: Sendable {
    let newest: NewestList
    let loader: ListLoader
    let tail: StreamTail

    /// Runs until cancelled.
    func run() async {
        await tail.run { top in
            let epoch = Minute(containing: Timestamp(milliseconds: 0))
            let entry = try await tail.reader.newest(
                from: epoch, to: top.minute, batch: 100, where: { $0.gap == nil })
            guard let entry else { return newest.note(absence: Self.none) }
            if newest.current?.minute != entry.minute { try await show(entry) }
        } show: { entry in
            try await show(entry)
        }
    }

    private func show(_ entry: TapeEntry) async throws {
        guard entry.gap == nil else { return }
        do {
            guard let list = try await loader.whole(entry) else {
                let missing = Missing(minute: entry.minute)
                newest.note(absence: "\(missing)")
                throw missing
            }
            newest.offer(list)
        } catch let error as ListDescription.Malformed {
            newest.note(absence: "The newest list cannot be read")
            tail.logger.error(.listUnreadable, metadata: [LogKey.detail: "\(error)"])
        }
    }

    private static let none = "No minute has been joined since this tape began"

    /// The index has a list whose string is gone: it was evicted, deleted, or has expired.
    private struct Missing: Error, CustomStringConvertible {
        let minute: Minute

        var description: String {
            "The list of \(minute) is gone from its key; a merge worker makes it anew as long as its entries are kept"
        }
    }
}
