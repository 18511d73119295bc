import Testing

@testable import HTTPServer

@Suite struct OpenFilesTests {
    @Test func `all wanted connections fit where the limit allows them`() {
        var files = OpenFiles()
        #expect(files.reserve(1000) { $0 } == 1000)
        #expect(files.reserve(64) { $0 } == 64)
    }

    @Test func `a second server gets what the first has left, and all of it when the first has ended`() {
        var files = OpenFiles()
        let first = files.reserve(500) { _ in 600 }
        #expect(first == 500)
        #expect(files.reserve(500) { _ in 600 } == 36)
        files.release(first)
        #expect(files.reserve(500) { _ in 600 } == 500)
    }

    @Test func `where nothing fits a server still gets one connection`() {
        var files = OpenFiles()
        #expect(files.reserve(100) { _ in 20 } == 1)
    }
}
