import Basics
import Logging
import Logs
import Tape
import TopLists

/// Keeps the newest list: finds it at start, then follows the index of lists.
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
            if let entry, newest.current?.minute != entry.minute { try await show(entry) }
        } show: { entry in
            try await show(entry)
        }
    }

    private func show(_ entry: TapeEntry) async throws {
        guard entry.gap == nil else { return }
        do {
            guard let list = try await loader.whole(entry) else { return }
            newest.offer(list)
        } catch let error as ListDescription.Malformed {
            tail.logger.error(.listUnreadable, metadata: [LogKey.detail: "\(error)"])
        }
    }
}
