import Basics
import Foundation
import Tape

/// `cointape status`: how the tape of these configs is, for people or for programs.
package struct StatusCommand: Sendable {
    package enum Form: Sendable {
        case text, json
    }

    private let reader: StatusReader

    /// Without configs those of the config folder.
    package init(_ paths: [String], environment: Environment) throws {
        let paths = paths.isEmpty ? try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config") : paths
        reader = StatusReader(
            configs: try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: false),
            clock: try environment.clock())
    }

    /// The report, and whether all is well.
    package func look(_ form: Form) async throws -> (text: String, isWell: Bool) {
        let report = await reader.read()
        switch form {
        case .text: return (StatusText(report: report).text, report.problems.isEmpty)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return (String(decoding: try encoder.encode(report), as: UTF8.self), report.problems.isEmpty)
        }
    }
}
