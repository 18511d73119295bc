import Basics
import Logging
import Logs
import Orders
import Tape

/// Keeps the newest BTC rates: finds them at the start, then follows their stream.
struct RateTail: Sendable {
    let rates: CurrentRates
    let tail: StreamTail

    /// Runs until cancelled.
    func run() async {
        await tail.run { top in
            let epoch = Minute(containing: Timestamp(milliseconds: 0))
            let entry = try await tail.reader.newest(from: epoch, to: top.minute, batch: 100) { entry in
                (try? BTCRates(entry)) != nil
            }
            if let entry { show(entry) }
        } show: { entry in
            show(entry)
        }
    }

    private func show(_ entry: TapeEntry) {
        do throws(DamagedEntry) {
            if let newer = try BTCRates(entry) { rates.offer(newer) }
        } catch {
            tail.logger.error(.ratesUnreadable, metadata: [LogKey.detail: "\(error)"])
        }
    }
}
