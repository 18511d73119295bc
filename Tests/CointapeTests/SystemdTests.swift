import Foundation
import TestSupport
import Testing

/// The unit file, judged by systemd itself.
#if os(Linux)
    struct SystemdTests {
        /// The unit with the program under test, in a folder of its own.
        private func unit(_ folder: TestFolder) throws -> String {
            let text = try String(
                contentsOfFile: "\(Repository.path)/deploy/systemd/cointape@.service", encoding: .utf8)
            #expect(text.contains("ExecStart=/usr/local/bin/cointape run /etc/cointape/%i.json\n"))
            let path = "\(folder.path)/cointape@.service"
            try text.replacing("/usr/local/bin/cointape", with: Cointape.program)
                .write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }

        @Test func `systemd finds nothing wrong with the unit`() async throws {
            let folder = try TestFolder()
            let printed = try await shell("systemd-analyze verify '\(unit(folder))' 2>&1; echo exit $?")
            #expect(printed == "exit 0\n")
        }

        @Test func `a fault in the unit is found`() async throws {
            let folder = try TestFolder()
            let path = try unit(folder)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("ProtectSystem=strict", with: "ProtectSistem=strict")
                .write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try await shell("systemd-analyze verify '\(path)' 2>&1").contains("ProtectSistem"))
        }

        /// Of 10, which is a service without any restriction.
        @Test func `the unit's exposure is at most 2`() async throws {
            let folder = try TestFolder()
            let command = "systemd-analyze security --offline=true --no-pager"
            let printed = try await shell("\(command) --threshold=20 '\(unit(folder))' 2>&1; echo exit $?")
            #expect(
                printed.hasSuffix("exit 0\n") && printed.contains("Overall exposure level"), "\(printed.suffix(200))")
            #expect(
                try await shell("\(command) --threshold=5 '\(unit(folder))' >/dev/null 2>&1; echo exit $?")
                    == "exit 1\n")
        }
    }
#endif
