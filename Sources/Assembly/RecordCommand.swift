import Basics
import Fetching
import Logs
import POSIX
import Recordings
import Tape
import Workers

/// `cointape record FOLDER`: keeps providers' real answers, so that `cointape sandbox --replay` can give them again.
package enum RecordCommand {
    /// Asks once for each feed, and again in the following minutes if `minutes` is above 1, each feed in its own rhythm.
    ///
    /// Nothing is published; budgets are kept. Without paths, the fetch workers' configs of the config folder. `print` gets a line
    /// for each fetch. Returns whether all fetches got rows: what a provider refuses is recorded as well.
    package static func run(
        _ folder: String, _ paths: [String], minutes: Int, environment: Environment,
        print: @escaping @Sendable (String) -> Void
    ) async throws -> Bool {
        let clock = try environment.clock()
        let paths = paths.isEmpty ? try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config") : paths
        let files = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: true)
        let configs = files.files.compactMap { $0.config as? FetchConfig }
        guard !configs.isEmpty else { throw CommandError(.configuration, "no config of a fetch worker is among these") }
        let recorder: CallRecorder
        do {
            recorder = try CallRecorder(folder: folder, redactor: files.redactor)
        } catch {
            throw CommandError(.option, "\(error)")
        }
        let process = WorkerProcess(clock: clock, redactor: files.redactor, logs: LogOutputs())
        defer { process.shutdown() }
        let fetchers = configs.map { ($0, $0.fetcher(in: process, recorder: recorder)) }
        var isAllWell = true
        var minute = Minute(containing: clock.now)
        for number in 0..<minutes {
            if number > 0 {
                minute = minute.advanced(byMinutes: 1)
                try await clock.sleep(until: minute.start)
            }
            let due = fetchers.filter { number == 0 || minute.milliseconds % $0.0.schedule.every.milliseconds == 0 }
            let isWell = await withTaskGroup(of: Bool.self) { group in
                for (config, fetcher) in due {
                    group.addTask {
                        let (line, isWell) = await Self.fetch(config, fetcher, clock)
                        print(line)
                        return isWell
                    }
                }
                return await group.reduce(true) { $0 && $1 }
            }
            isAllWell = isAllWell && isWell
            print("\(minute): \(try recorder.flush()) calls in \(folder)")
        }
        return isAllWell
    }

    /// A feed that cannot be fetched, for whatever reason, does not keep others from being recorded.
    private static func fetch(
        _ config: FetchConfig, _ fetcher: Fetcher, _ clock: TapeClock
    ) async -> (String, isWell: Bool) {
        do {
            let preview = try await fetcher.preview(deadline: clock.now + Schedule.deadline)
            return ("\(config.worker.name): \(preview.summary)", true)
        } catch {
            let reason = (error as? Gap).map { "\($0.code): \($0.detail)" } ?? StartProblem.describe(error)
            return ("\(config.worker.name): no rows: \(reason)", false)
        }
    }
}
