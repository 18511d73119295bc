import Basics
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file beside an api that holds the newest acknowledged entry of the ledger, so that losing the ledger's Redis and
/// restarting the api does not forget it.
///
/// Each process has a file of its own in the folder, `<prefix>orders-<n>.json`, which it locks (flock(2)). All files of the
/// folder are read at the start: those of processes that have ended count too. A file is written in place, without
/// syncing: it outlives `kill -9` of this process, and after a power cut it may be some seconds old, which still is an entry
/// that the ledger must have.
package final class WitnessFile: LedgerWitness {
    package let path: String
    private let descriptor: Int32
    private let failure = Mutex<Int32>(0)

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// One write, which the page cache takes whole.
    private static let length = 256
    private static let mostFiles = 1_000

    /// Makes the folder, if it is missing, and takes the first file that no other process has.
    package init(folder: String, prefix: String) throws(Failure) {
        try Self.make(folder)
        for number in 0..<Self.mostFiles {
            let path = "\(folder)/\(Self.name(prefix, number))"
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                self.path = path
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
        throw Failure(description: "\(folder) has \(Self.mostFiles) files in use")
    }

    deinit {
        close(descriptor)
    }

    /// Replaces what the file holds; blocks for one write(2) into the page cache.
    package func write(_ record: WitnessRecord) {
        let text = record.text
        let line = text + String(repeating: " ", count: max(0, Self.length - 1 - text.utf8.count)) + "\n"
        let bytes = Array(line.utf8)
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        failure.withLock { $0 = written == bytes.count ? 0 : written < 0 ? errno : ENOSPC }
    }

    /// Why the last write failed; nil if it did not.
    package var writeFailure: String? {
        failure.withLock { $0 == 0 ? nil : "\(path): \(String(cString: strerror($0)))" }
    }

    /// A file of the folder, and what it holds: nil if that cannot be read.
    package struct Found: Sendable {
        package let path: String
        package let record: WitnessRecord?
    }

    /// All files of the folder that hold something; empty where there is no folder.
    package static func read(folder: String, prefix: String) -> [Found] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var found: [Found] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let number = number(of: name, prefix) else { continue }
            let path = "\(folder)/\(Self.name(prefix, number))"
            let text = contents(path)
            guard text.contains(where: { $0 != 0x20 && $0 != 0x0A }) else { continue }
            found.append(Found(path: path, record: WitnessRecord(text)))
        }
        return found.sorted { $0.path < $1.path }
    }

    private static func name(_ prefix: String, _ number: Int) -> String { "\(prefix)orders-\(number).json" }

    private static func number(of name: String, _ prefix: String) -> Int? {
        guard name.hasPrefix("\(prefix)orders-"), name.hasSuffix(".json") else { return nil }
        let digits = name.dropFirst(prefix.count + "orders-".count).dropLast(".json".count)
        return digits.utf8.allSatisfy(isDigit) ? Int(digits) : nil
    }

    private static func contents(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    private static func make(_ folder: String) throws(Failure) {
        var path = folder.hasPrefix("/") ? "/" : ""
        for part in folder.split(separator: "/") {
            path += (path.isEmpty || path == "/" ? "" : "/") + part
            guard mkdir(path, 0o755) != 0, errno != EEXIST else { continue }
            let reason = String(cString: strerror(errno))
            // A folder above may be one that we cannot write to, and be there all the same.
            guard access(path, X_OK) != 0 else { continue }
            throw Failure(description: "\(path): \(reason)")
        }
    }
}
