import Foundation
import POSIX
import TestSupport
import Testing

@testable import Logs

struct SinkTests {
    private func content(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    @Test func `makes its folder and appends`() throws {
        let folder = try TestFolder()
        let path = "\(folder.path)/deep/er/a.log"
        let file = try LogFile(path: path)
        #expect(file.append(Array("one\n".utf8)) == nil)
        #expect(try LogFile(path: path).append(Array("two\n".utf8)) == nil)
        #expect(content(path) == "one\ntwo\n")
    }

    @Test func `writes to the new file after a rotation, and stays with the old one when there can be none`() throws {
        let folder = try TestFolder()
        let path = "\(folder.path)/a.log"
        let file = try LogFile(path: path)
        _ = file.append(Array("one\n".utf8))
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
        _ = file.append(Array("two\n".utf8))
        try file.reopen()
        _ = file.append(Array("three\n".utf8))
        #expect(content("\(path).1") == "one\ntwo\n" && content(path) == "three\n")

        try FileManager.default.moveItem(atPath: path, toPath: "\(path).2")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let error = #expect(throws: SystemError.self) { try file.reopen() }
        #expect(error?.description == "\(path) cannot be opened: Is a directory")
        _ = file.append(Array("four\n".utf8))
        #expect(content("\(path).2") == "three\nfour\n")
    }

    @Test func `many writers of one file never break a line`() async throws {
        let folder = try TestFolder()
        let path = "\(folder.path)/a.log"
        let files = try (0..<4).map { _ in try LogFile(path: path) }
        await withTaskGroup(of: Void.self) { group in
            for (index, file) in files.enumerated() {
                group.addTask {
                    let line = Array("\(String(repeating: "\(index)", count: 5000))\n".utf8)
                    for _ in 0..<50 { _ = file.append(line) }
                }
            }
        }
        let lines = content(path).split(separator: "\n")
        #expect(lines.count == 200)
        #expect(lines.allSatisfy { $0.utf8.count == 5000 && Set($0).count == 1 })
    }

    @Test func `a full disk is told once`() throws {
        let file = try LogFile(path: "/dev/full")
        #expect(file.append([10]) == .failed(ENOSPC))
        #expect(file.append([10]) == nil)
    }

    @Test func `a named pipe that nobody reads does not hold up the start`() throws {
        let folder = try TestFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)
        #expect(throws: SystemError.self) { try LogFile(path: "\(folder.path)/pipe") }
    }

    @Test func `a reader that stands still costs a moment once, and lines come through when it goes on`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let console = Console(ends[1])
        let line = [UInt8](repeating: 65, count: 1023) + [10]
        let began = ContinuousClock.now
        var changes: [SinkHealth.Change] = []
        for _ in 0..<1000 {
            if let change = console.append(line) { changes.append(change) }
        }
        #expect(changes == [.failed(EAGAIN)])
        #expect(ContinuousClock.now - began < .seconds(10))
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        #expect(read(ends[0], &buffer, buffer.count) > 0)
        guard case .works(let lost)? = console.append(line) else {
            Issue.record("does not work again")
            return
        }
        #expect(lost > 100)
    }

    @Test func `a reader that has gone is a lost line and nothing else`() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let console = Console(ends[1])
        #expect(console.append([10]) == .failed(EPIPE))
        #expect(console.append([10]) == nil)
    }
}
