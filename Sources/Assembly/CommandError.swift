import Config

/// Why a command cannot do what was asked, in words for its user.
package struct CommandError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the user has to change.
    package enum Kind: Equatable, Sendable {
        /// An option needs another value.
        case option
        /// A config or the environment has to be fixed.
        case configuration
        /// It cannot be done in the present state; nothing was changed.
        case refused
    }

    package let kind: Kind
    /// Printed after `cointape: `, without a period at the end.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// Errors that end a command, in words for its user.
package enum StartProblem {
    /// Whether the configuration must be fixed.
    package static func isConfiguration(_ error: any Error) -> Bool {
        error is ConfigIssues || (error as? CommandError)?.kind == .configuration
    }

    /// Issues of configs begin with their file; other errors get `cointape: ` in front.
    package static func describe(_ error: any Error) -> String {
        error is ConfigIssues ? "\(error)" : "cointape: \(error)"
    }
}
