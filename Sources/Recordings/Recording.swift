package import Basics
import Foundation
import POSIX
import Synchronization

/// The calls that a `CallRecorder` kept, in their order, to be answered again.
package struct Recording: Sendable {
    static let fileName = "calls.ndjson"

    package let calls: [RecordedCall]
    /// The first and the last minute.
    package let minutes: ClosedRange<Minute>
    private let folder: String

    /// Throws what is wrong, with the file and the line.
    package init(folder: String) throws(InvalidText) {
        let path = "\(folder)/\(Self.fileName)"
        guard let text = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) else {
            throw InvalidText("\(path) cannot be read; `cointape record \(folder)` makes it")
        }
        var calls: [RecordedCall] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
            do {
                calls.append(try RecordedCall(line: Array(line)))
            } catch {
                throw InvalidText("\(path):\(index + 1): \(error)")
            }
            if let answer = calls.last?.answer, !Self.isFile("\(folder)/\(answer)") {
                throw InvalidText("\(path):\(index + 1): the file \(answer) cannot be read")
            }
        }
        let minutes = calls.compactMap { Minute($0.minute) }
        guard let first = minutes.min(), let last = minutes.max() else {
            throw InvalidText("\(path) has no calls")
        }
        self.calls = calls
        self.minutes = first...last
        self.folder = folder
    }

    /// Whether it is a file that can be read, and not a link to one, which could be any.
    private static func isFile(_ path: String) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == .typeRegular && FileManager.default.isReadableFile(atPath: path)
    }

    /// The headers that a server that plays the call sends.
    package func headers(of call: RecordedCall) -> [RecordedCall.Header] {
        call.headers.filter { !RecordedCall.isOfConnection($0.name) }
    }

    /// The body of a call's response; blocks.
    package func body(of call: RecordedCall) -> [UInt8] {
        call.answer.flatMap { FileManager.default.contents(atPath: "\(folder)/\($0)") }.map { [UInt8]($0) } ?? []
    }

    /// The variables that stand for servers on several hosts, of which `environment` has the last one.
    package var ambiguous: [String] {
        var hosts: [String: Set<String>] = [:]
        for (name, value) in calls.flatMap(\.servers) {
            if let host = URLParts(value)?.host { hosts[name, default: []].insert(host) }
        }
        return hosts.filter { $1.count > 1 }.keys.sorted()
    }

    /// The variables that send the recorded workers to a server that plays the recording at `base`, and their values.
    package func environment(base: String) -> [String: String] {
        var variables: [String: String] = [:]
        for call in calls {
            for (name, value) in call.servers { variables[name] = URLParts(value)?.moved(to: base) }
        }
        return variables
    }

    /// The workers whose URLs no variable can move, so that they would still ask the provider.
    package var unmovable: [String] {
        Set(
            calls.filter { call in !call.servers.values.contains { call.url.hasPrefix($0) } && !call.isTold }.map(
                \.source)
        )
        .sorted()
    }
}
