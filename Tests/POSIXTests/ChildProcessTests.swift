import Foundation
import POSIX
import TestSupport
import Testing

@Suite struct ChildProcessTests {
    #if os(Linux)
        @Test func `a child has the descriptors that it is given, and no other that this process left open for it`()
            async throws
        {
            let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
            let inherited = [fcntl(nothing, F_DUPFD, 10), fcntl(nothing, F_DUPFD, 1000)]
            defer { for descriptor in inherited + [nothing] { close(descriptor) } }
            #expect(inherited[0] >= 10 && inherited[1] >= 1000)
            let child = try ChildProcess.start(["sleep", "60"], descriptors: [nothing, nothing, nothing, nothing])
            defer {
                child.signal(SIGKILL)
                _ = child.end()
            }
            // posix_spawn returns when the program runs.
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child.process)/fd").sorted()
            #expect(open == ["0", "1", "2", "3"])
        }
    #endif

    @Test func `a program that is not there is told with its name`() {
        #expect { try ChildProcess.start(["/nowhere/program"], descriptors: []) } throws: { error in
            "\(error)" == "/nowhere/program: No such file or directory"
        }
    }
}
