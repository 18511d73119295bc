package import Basics
package import Logging

/// One event that is ready to be written: secrets are masked, but nothing is escaped yet.
package struct LogLine: Sendable {
    /// A key and its value; neither is escaped yet.
    package struct Field: Equatable, Sendable {
        package let key: String
        package let value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// When the line was written, by the machine's clock, whatever clock the worker uses.
    package let time: Timestamp
    package let level: Logger.Level
    /// The name of the worker, or of the command for the process as a whole.
    package let worker: String
    /// A name from `LogEvents.swift`, or a library's message.
    package let event: String
    /// Sorted by key.
    package let fields: [Field]

    /// Masks secrets in the message and in the metadata, down to the leaves of nested values.
    ///
    /// Metadata with a key of the line's head is dropped, because it would state the worker or the time a second time.
    package init(
        time: Timestamp, level: Logger.Level, worker: String, message: String, metadata: Logger.Metadata,
        redactor: Redactor
    ) {
        self.time = time
        self.level = level
        self.worker = worker
        event = redactor(message)
        fields = metadata.filter { !LogKey.head.contains($0.key) }.sorted { $0.key < $1.key }
            .map { Field(redactor($0.key), redactor(Self.flat($0.value, redactor))) }
    }

    private static func flat(_ value: Logger.MetadataValue, _ redactor: Redactor) -> String {
        switch value {
        case .array(let values): "[\(values.map { flat($0, redactor) }.joined(separator: ", "))]"
        case .dictionary(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\(redactor($0.key)): \(flat($0.value, redactor))" }.joined(separator: ", "))}"
        default: redactor("\(value)")
        }
    }
}
