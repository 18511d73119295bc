import Foundation
package import JQ

/// The `cointape` under test: what COINTAPE_PROGRAM names, or else the program that was built beside the tests.
package enum Program {
    package static let path =
        ProcessInfo.processInfo.environment["COINTAPE_PROGRAM"]
        ?? Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        .map { $0.bundleURL.deletingLastPathComponent().appendingPathComponent("cointape").path }
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".build/debug/cointape").path

    /// Its processes of filters.
    package static let filters = JQCommand(program: path, arguments: ["cointape", "run-filters"])
}

extension JQPool {
    /// A pool of the program's processes, with room for large documents.
    package convenience init(processes: Int) {
        self.init(Program.filters, bounds: JQBounds(documentsOf: 64_000_000), processes: processes)
    }
}
