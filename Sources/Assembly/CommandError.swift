import Config

/// Why a command does not do what it was asked for, in words for its user.
package struct CommandError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the user has to change.
    package enum Kind: Equatable, Sendable {
        /// One of its options has to be another.
        case option
        /// A config or the environment has to be mended.
        case configuration
        /// What was asked for cannot be done as things are; nothing was changed.
        case refused
    }

    package let kind: Kind
    /// Shown behind `cointape: `, without a period at its end.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// What ends a command, in words for its user.
package enum StartProblem {
    /// Whether it is the configuration that must be mended.
    package static func isConfiguration(_ error: any Error) -> Bool {
        error is ConfigIssues || (error as? CommandError)?.kind == .configuration
    }

    /// Issues of configs begin with their file; other errors get `cointape: ` in front.
    package static func describe(_ error: any Error) -> String {
        error is ConfigIssues ? "\(error)" : "cointape: \(error)"
    }
}
