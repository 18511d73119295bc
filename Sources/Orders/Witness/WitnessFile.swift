import Basics
package import POSIX
import Synchronization
import Tape

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file of an api that holds the newest acknowledged entry of the ledger, so that the api still knows it after a restart, even
/// if the ledger's Redis has lost it.
///
/// Each process has its own file in the folder, `<prefix>orders-<n>.json`, which it locks (flock(2)). It takes the first file
/// that it may overwrite without losing anything: an empty one, or one with an older entry of the same ledger. At the start all
/// files of the folder are read, including those of processes that have ended. A file is written in place, without syncing: it
/// survives `kill -9` of this process, and after a power cut it may be some seconds old, which is still an entry that the ledger
/// must have.
package final class WitnessFile: LedgerWitness {
    private struct State {
        var descriptor: Int32 = -1
        var path: String?
        /// Identifies the file that was taken; another file may be at its path by now.
        var identity: Identity?
        /// What the file holds.
        var record: WitnessRecord?
        var failure: String?
        /// The previous content of a file that was taken.
        var recordOfOther: WitnessRecord?
        /// No file is looked for again before this time, because otherwise each order would check all of them.
        var nextTake = ContinuousClock.now
    }

    private struct Identity: Equatable {
        let device: dev_t
        let number: ino_t

        init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
    }

    private let folder: String
    private let prefix: String
    private let state = Mutex(State())

    /// The size of a write, which the page cache takes as a whole.
    private static let length = 256
    private static let mostFiles = 1_000
    private static let patience: Duration = .milliseconds(500)

    /// Creates the folder if it is missing; a file is taken with the first record.
    package init(folder: String, prefix: String) throws(SystemError) {
        try Folder.make(folder)
        guard access(folder, W_OK | X_OK) == 0 else {
            throw SystemError(folder, code: errno)
        }
        self.folder = folder
        self.prefix = prefix
    }

    deinit {
        state.withLock { if $0.descriptor >= 0 { _ = close($0.descriptor) } }
    }

    /// The file that was taken; nil before the first record.
    package var path: String? { state.withLock(\.path) }

    /// Replaces the content of the file; blocks for one write(2) into the page cache.
    ///
    /// If the file is no longer at its path, another one is taken, because nobody would read it.
    package func write(_ record: WitnessRecord) {
        state.withLock { state in
            do throws(SystemError) {
                if Self.isGone(state) { Self.leave(&state) }
                if let old = state.record, !Self.mayReplace(old, record) { Self.leave(&state) }
                if state.descriptor < 0 {
                    guard state.nextTake <= .now else { return }
                    state.nextTake = .now + Self.patience
                    try take(for: record, &state)
                }
                try Self.write(record, to: state.descriptor)
                state.record = record
                state.failure = nil
            } catch {
                state.failure = state.path.map { "\($0): \(error)" } ?? "\(error)"
            }
        }
    }

    /// Why the last write failed, or that the file was removed since; nil if neither is the case.
    package var writeFailure: String? {
        state.withLock { $0.failure ?? (Self.isGone($0) ? "\($0.path ?? folder): the file was removed" : nil) }
    }

    /// Whether somebody has removed, moved or replaced the file that was taken.
    private static func isGone(_ state: State) -> Bool {
        guard let path = state.path else { return false }
        var status = stat()
        return stat(path, &status) != 0 || Identity(status) != state.identity
    }

    private static func write(_ record: WitnessRecord, to descriptor: Int32) throws(SystemError) {
        var bytes = record.bytes
        for _ in bytes.count..<max(bytes.count, length - 1) { bytes.append(UInt8(ascii: " ")) }
        bytes.append(UInt8(ascii: "\n"))
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written != bytes.count else { return }
        throw SystemError(String(cString: strerror(written < 0 ? errno : ENOSPC)))
    }

    /// Takes the first file that no other process has locked, and whose record this one may replace.
    private func take(for record: WitnessRecord, _ state: inout State) throws(SystemError) {
        try Folder.make(folder)
        var refusal: String?
        for number in 0..<Self.mostFiles {
            let path = "\(folder)/\(Self.name(prefix, number))"
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
            guard descriptor >= 0 else {
                refusal = refusal ?? "\(path): \(String(cString: strerror(errno)))"
                // It may belong to another user; if it does not exist, the folder lacks space or rights, and no other file can be
                // created either.
                guard access(path, F_OK) == 0 else { break }
                continue
            }
            var status = stat()
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0,
                case .free(let held) = Self.availability(descriptor, for: record)
            {
                (state.descriptor, state.path, state.recordOfOther) = (descriptor, path, held)
                state.identity = Identity(status)
                state.nextTake = .now
                return
            }
            close(descriptor)
        }
        throw SystemError(refusal ?? "\(folder) has \(Self.mostFiles) files in use")
    }

    private static func leave(_ state: inout State) {
        close(state.descriptor)
        (state.descriptor, state.path, state.identity, state.record) = (-1, nil, nil, nil)
    }

    private enum Availability {
        case free(WitnessRecord?)
        case taken
    }

    private static func availability(_ descriptor: Int32, for record: WitnessRecord) -> Availability {
        guard let text = contents(descriptor) else { return .taken }
        if isBlank(text) { return .free(nil) }
        guard let old = WitnessRecord(text), mayReplace(old, record) else { return .taken }
        return .free(old)
    }

    /// At most one record: the content of the file when this process took it.
    package func takeRecordsOfOthers() -> [WitnessRecord] {
        state.withLock { state in
            defer { state.recordOfOther = nil }
            return [state.recordOfOther].compactMap(\.self)
        }
    }

    /// Whether the new record supersedes the old one; sandbox records may always be replaced.
    private static func mayReplace(_ old: WitnessRecord, _ new: WitnessRecord) -> Bool {
        if old.kind == .sandbox, new.kind == .sandbox { return true }
        return old.kind == new.kind && old.opened == new.opened && old.claim.total <= new.claim.total
    }

    /// A file of the folder with its record; nil if that cannot be read.
    package struct Found: Sendable {
        package let path: String
        package let record: WitnessRecord?
    }

    /// All non-empty files of the folder, or the folder itself if it cannot be read; empty if there is no folder.
    package static func read(folder: String, prefix: String) -> [Found] {
        guard let directory = opendir(folder) else {
            return errno == ENOENT ? [] : [Found(path: folder, record: nil)]
        }
        defer { closedir(directory) }
        var found: [Found] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let number = number(of: name, prefix) else { continue }
            let path = "\(folder)/\(Self.name(prefix, number))"
            let text = contents(path)
            if let text, isBlank(text) { continue }
            found.append(Found(path: path, record: text.flatMap { WitnessRecord($0) }))
        }
        return found.sorted { $0.path < $1.path }
    }

    private static func isBlank(_ text: [UInt8]) -> Bool { text.allSatisfy { $0 == 0x20 || $0 == 0x0A } }

    private static func name(_ prefix: String, _ number: Int) -> String { "\(prefix)orders-\(number).json" }

    private static func number(of name: String, _ prefix: String) -> Int? {
        guard name.hasPrefix("\(prefix)orders-"), name.hasSuffix(".json") else { return nil }
        let digits = name.dropFirst(prefix.count + "orders-".count).dropLast(".json".count)
        return digits.utf8.allSatisfy(isDigit) ? Int(digits) : nil
    }

    /// Returns nil if it cannot be read; empty if it does not exist.
    private static func contents(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return errno == ENOENT ? [] : nil }
        defer { close(descriptor) }
        return contents(descriptor)
    }

    private static func contents(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : Array(bytes.prefix(count))
    }
}
