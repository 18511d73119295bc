package import Config
package import Logging

/// What a worker logs, and where.
package struct LoggingSettings: Equatable, Sendable {
    /// The lowest level that is logged at all.
    package let level: Logger.Level
    /// Never empty: a config without handlers uses the console.
    package let handlers: [LogHandlerSettings]

    /// Logs text to the console, from `info` on.
    package init() {
        level = .info
        handlers = [.console(level: .info)]
    }

    /// Reads the optional object `logging` of a config; nil if it or its level cannot be read.
    package init?(reading parent: ConfigReader) {
        guard let reader = parent.object("logging", optional: true, "What is logged, and where.") else { return nil }
        let level = reader.choice("level", default: Logger.Level.info, "The least severe level that is logged at all.")
        let handlers = reader.objects(
            "handlers", atLeast: 0, "Where lines go; without any, to the console as text."
        ).compactMap { LogHandlerSettings(reading: $0, level: level ?? .info) }
        reader.finish()
        guard let level else { return nil }
        self.level = level
        self.handlers = handlers.isEmpty ? [.console(level: level)] : handlers
    }
}

/// One output for log lines.
package struct LogHandlerSettings: Equatable, Sendable {
    /// Where a handler's lines go.
    package enum Destination: Equatable, Sendable {
        /// Standard error.
        case console
        case file(path: String)
    }

    private enum Kind: String, CaseIterable {
        case console, file
    }

    package let destination: Destination
    package let format: LogFormat
    /// The lowest level that this output gets, in addition to the level of the settings.
    package let level: Logger.Level
    /// The position of the path in its file, for errors when the file cannot be opened.
    package let pathPlace: ConfigPlace?

    fileprivate static func console(level: Logger.Level) -> LogHandlerSettings {
        LogHandlerSettings(destination: .console, format: .text, level: level, pathPlace: nil)
    }

    fileprivate init?(reading reader: ConfigReader, level: Logger.Level) {
        let kind: Kind? = reader.choice("to", "`console` is standard error; `file` appends to a file.")
        let path = reader.string(
            "path", optional: true, "The file, for `file`; its folder is made, and SIGHUP opens it anew.")
        let format = reader.choice("format", default: LogFormat.text, "Lines for people, or one JSON object a line.")
        let own = reader.choice(
            "level", default: level, "The least severe level that goes here; by default that of all logging.")
        // A missing field has the position of its object.
        let place = reader.place(of: "path")
        let hasPath = place.position != reader.position
        switch kind {
        case .file where path == nil && !hasPath:
            reader.complain(about: "path", "missing: the file that lines are appended to")
        case .file where path?.isEmpty == true: reader.complain(about: "path", "should name a file")
        case .console where hasPath:
            reader.complain(about: "path", "is for files only: the console is standard error")
        default: break
        }
        reader.finish()
        guard let kind, let format, let own else { return nil }
        switch kind {
        case .console: destination = .console
        case .file:
            guard let path else { return nil }
            destination = .file(path: path)
        }
        self.format = format
        self.level = own
        pathPlace = place
    }

    private init(destination: Destination, format: LogFormat, level: Logger.Level, pathPlace: ConfigPlace?) {
        self.destination = destination
        self.format = format
        self.level = level
        self.pathPlace = pathPlace
    }
}
