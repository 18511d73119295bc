import Archive
import Basics
import Config
import Fetching
import Foundation
import HTTPServer
import Orders
import POSIX
import Projecting
import Serving
import Tape
import Workers

/// `cointape doctor`: whether what the configs need is there: keys, clocks, Redis, disks, plans.
package struct DoctorCommand: Sendable {
    private let configs: ConfigFiles
    private let environment: Environment
    private let clock: TapeClock

    /// Without paths, reads the configs of the config folder.
    package init(_ paths: [String], environment: Environment) throws {
        let paths = paths.isEmpty ? try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config") : paths
        configs = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: false)
        self.environment = environment
        clock = try environment.clock()
    }

    /// Prints the findings as they come; returns whether nothing is wrong.
    ///
    /// Asks providers only what costs nothing. Writes one key that expires to each Redis, as `status` does.
    package func run(print: (String) -> Void) async -> Bool {
        var isWell = true
        func show(_ findings: [Finding]) {
            for finding in findings {
                isWell = isWell && finding.verdict != .wrong
                finding.lines.forEach(print)
            }
        }
        for file in configs.files where file.config is FetchConfig { show(plan(of: file)) }
        let process = WorkerProcess(clock: clock, redactor: configs.redactor)
        defer { process.shutdown() }
        for file in configs.files { show(await provider(of: file, process)) }
        show(Self.redis(await StatusReader(configs: configs, clock: clock).readServers()))
        for (path, use) in folders { show([Self.folder(path, use)]) }
        for file in configs.files {
            for address in (file.config as? APIConfig)?.listen ?? [] { show(Self.certificate(address, now: clock.now)) }
        }
        return isWell
    }

    private func plan(of file: ConfigFiles.File) -> [Finding] {
        let review = file.config.review(in: environment.variables)
        return [review.warning.map { Finding(.warning, "\(file.path): \($0)") }].compactMap(\.self)
    }

    // MARK: Providers

    private func provider(of file: ConfigFiles.File, _ process: WorkerProcess) async -> [Finding] {
        guard let config = file.config as? FetchConfig else { return [] }
        let lacks = config.review(in: environment.variables).lacks
        guard lacks.isEmpty else {
            return [Finding(.wrong, "\(file.path): a key is missing", mend: lacks.map(\.message))]
        }
        guard let usage = config.fetcher(in: process).usage else {
            if config.needs.isRedirected(in: environment.variables) {
                let variables = config.needs.urlVariables.joined(separator: ", ")
                return [Finding(.ok, "\(file.path): \(variables) sends it to another server, which needs no key")]
            }
            guard config.needs.variables.isEmpty else {
                return [
                    Finding(
                        .unknown, "\(file.path): the key is set, and no free call tells whether it is valid",
                        mend: ["cointape fetch --dry-run \(file.path)"])
                ]
            }
            return [Finding(.ok, "\(file.path): needs no key that it names in `needs`")]
        }
        do {
            let statement = try await usage.ask(deadline: clock.now + Self.patience)
            return Self.findings(
                statement, file.path, hasKey: !config.needs.variables.isEmpty, plan: config.cost.plan,
                creditsOfFetch: config.creditsOfFetch)
        } catch {
            let detail = (error as? Gap)?.detail ?? "\(error)"
            return [
                Finding(
                    .wrong, "\(file.path): the provider does not tell what is left: \(detail)",
                    mend: config.needs.variables.map { "check \($0)" } + ["cointape fetch --dry-run \(file.path)"])
            ]
        }
    }

    /// How long a provider may take.
    private static let patience: Duration = .seconds(15)
    /// Providers' data is compared with this machine's clock by the minute.
    private static let mostOffset: Duration = .seconds(5)

    static func findings(
        _ statement: ProviderUsage.Statement, _ path: String, hasKey: Bool, plan: Int?, creditsOfFetch: Int
    ) -> [Finding] {
        guard let left = statement.left else {
            return [
                Finding(
                    .unknown, "\(path): the provider answers, and tells nothing of what is left",
                    mend: ["compare usage.filter with its answer", "cointape fetch --dry-run \(path)"])
            ]
        }
        var words = "\(path): \(hasKey ? "the key is valid" : "the provider answers")"
        words += "; \(left) \(statement.plan.map { "of \($0) " } ?? "")credits are left"
        let isOffset = statement.offset.map { abs($0.milliseconds) > mostOffset.milliseconds }
        if isOffset == false { words += "; the provider's clock agrees" }
        var findings = [Finding(.ok, words)]
        if left < creditsOfFetch {
            findings.append(
                Finding(
                    .warning, "\(path): a list costs \(creditsOfFetch) credits, and \(left) are left",
                    mend: ["wait for the next period, or get a larger plan"]))
        }
        if let plan, let told = statement.plan, told < plan {
            findings.append(
                Finding(
                    .warning, "\(path): the config's plan has \(plan) credits, the provider's has \(told)",
                    mend: ["set the plan to \(told)"]))
        }
        if isOffset == true, let offset = statement.offset {
            let side = offset > .zero ? "behind" : "ahead of"
            findings.append(
                Finding(
                    .warning,
                    "\(path): this machine's clock is \(abs(offset.components.seconds)) s \(side) the provider's",
                    mend: ["timedatectl set-ntp true"]))
        }
        return findings
    }

    // MARK: Certificates

    /// A certificate that ends sooner than this should have been replaced.
    private static let renewal: Duration = .seconds(14 * 86_400)

    static func certificate(_ address: ListenAddress, now: Timestamp) -> [Finding] {
        guard let files = address.tls else { return [] }
        let place = "TLS on \(address.host):\(address.port)"
        do throws(InvalidText) {
            let end = try files.expiry()
            let words = "\(place): the certificate in \(files.certificate) is valid until \(end.rfc3339)"
            guard end - now < renewal else { return [Finding(.ok, words)] }
            let mend = ["replace it, and send SIGHUP to the api"]
            guard end > now else {
                return [
                    Finding(
                        .wrong, "\(place): the certificate in \(files.certificate) has ended \(end.rfc3339)", mend: mend
                    )
                ]
            }
            return [Finding(.warning, words, mend: mend)]
        } catch {
            return [Finding(.wrong, "\(place): \(error)")]
        }
    }

    // MARK: Redis and disks

    private static func redis(_ report: StatusReport) -> [Finding] {
        let troubled = Set(
            report.servers.map(\.redis).filter { name in
                report.problems.contains { $0.what.contains("redis \(name): ") }
            })
        return report.servers.filter { !troubled.contains($0.redis) }.map {
            Finding(
                .ok, "redis \($0.redis): \($0.server ?? "version") \($0.version) serves the workers; its clock agrees")
        } + report.problems.map { Finding(.wrong, $0.what, mend: $0.mend) }
            + report.unknown.map { Finding(.unknown, $0) }
    }

    /// The folders in which workers keep what must last.
    private var folders: [(path: String, use: String)] {
        var folders: [(path: String, use: String)] = []
        func add(_ path: String?, _ use: String) {
            guard let path, !path.isEmpty, !folders.contains(where: { $0.path == path }) else { return }
            folders.append((path, use))
        }
        for file in configs.files {
            if let archive = file.config as? ArchiveConfig {
                for case .folder(let path) in archive.stores { add(path, "the archive") }
            }
            add((file.config as? ProjectConfig)?.orders.witnessFolder, "the ledger's witness")
            add((file.config as? APIConfig)?.orders?.places.witnessFolder, "the ledger's witness")
        }
        return folders
    }

    /// The archive takes about this much in a month with 3,000 rows a minute.
    private static let leastSpace: Int64 = 1_000_000_000

    private static func folder(_ path: String, _ use: String) -> Finding {
        do throws(SystemError) {
            let (bytes, folder) = try DiskSpace.free(at: path)
            let words = "\(use) in \(path): \(StatusText.size(bytes)) free"
            guard bytes < leastSpace else { return Finding(.ok, words) }
            guard bytes > 0 else {
                return Finding(.wrong, "\(use) in \(path): the disk is full", mend: ["df -h \(folder)"])
            }
            return Finding(
                .warning, "\(words), and a month of lists takes about \(StatusText.size(leastSpace))",
                mend: ["df -h \(folder)"])
        } catch {
            return Finding(.wrong, "\(use) in \(path) cannot be written: \(error)", mend: ["ls -ld \(path)"])
        }
    }
}
