import Basics
import Config

/// A text of a request with what differs between requests: `${today-1d:yyyyMMdd}`, `${each}`, `${token}`.
package struct RequestTemplate: Equatable, Sendable {
    private enum Part: Equatable, Sendable {
        case text(String)
        case time(TimePlaceholder)
        case value(Name)
    }

    /// The values that are not times.
    package enum Name: String, CaseIterable, Sendable {
        /// The value of `request.each` for which this request is made.
        case each
        /// What `request.token` got.
        case token
        /// What `request.sign` made of the request.
        case signature
        /// The request's method, its path, its query without `?`, and its body.
        case method, path, query, body

        /// Why it may be unknown.
        fileprivate var origin: String {
            switch self {
            case .each: "and there is no request.each"
            case .token: "and there is no request.token"
            case .signature: "and there is no request.sign"
            case .method, .path, .query, .body: "which only request.sign.of may have"
            }
        }
    }

    private let parts: [Part]

    /// Only the `names` are known where the text stands.
    init(_ text: ConfigText, knowing names: Set<Name>) throws(InvalidText) {
        var parts: [Part] = []
        for part in text.parts {
            switch part {
            case .text(let text): parts.append(.text(text))
            case .deferred(let expression):
                if let name = Name(rawValue: expression) {
                    guard names.contains(name) else {
                        throw InvalidText("has ${\(expression)}, \(name.origin)")
                    }
                    parts.append(.value(name))
                } else {
                    parts.append(.time(try TimePlaceholder(expression)))
                }
            }
        }
        self.parts = parts
    }

    /// The names of values that it needs.
    var names: Set<Name> {
        Set(parts.compactMap { if case .value(let name) = $0 { name } else { nil } })
    }

    /// What it is on one day, to be checked.
    var sample: String {
        let time = Timestamp(milliseconds: 1_767_225_600_000)
        var values = RequestValues(minute: Minute(containing: time), now: time)
        for name in names { values[name] = "x" }
        return text(values)
    }

    /// `encode` is applied to what is filled in, and not to the text around it.
    func text(_ values: RequestValues, encode: (String) -> String = { $0 }) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .time(let time): encode(values.openText ?? time.text(minute: values.minute, now: values.now))
            case .value(let name): encode(values[name])
            }
        }.joined()
    }
}

/// What a request's templates are filled in with.
struct RequestValues: Sendable {
    /// The minute that is fetched.
    let minute: Minute
    /// The moment of the request, for signatures.
    var now: Timestamp
    private var texts: [RequestTemplate.Name: String] = [:]
    /// Stands for all times, if it is set.
    private(set) var openText: String?

    /// With `text` instead of what differs from call to call: times, token and signature.
    func opened(as text: String) -> RequestValues {
        var values = self
        values.openText = text
        values[.token] = text
        values[.signature] = text
        return values
    }

    init(minute: Minute, now: Timestamp) {
        self.minute = minute
        self.now = now
    }

    subscript(name: RequestTemplate.Name) -> String {
        get { texts[name, default: ""] }
        set { texts[name] = newValue }
    }
}
