import Basics

extension ConfigReader {
    /// A value that is written as a string; `convert` throws what is wrong with it.
    ///
    /// Unless `allowsLines` is set, control characters are a mistake.
    package func parsed<Value>(
        _ name: String, type: String, default defaultText: String? = nil, optional: Bool = false,
        allowsLines: Bool = false, _ summary: String, convert: (String) throws -> Value
    ) -> Value? {
        scalar(name, type, defaultText, optional, summary, allowsLines: allowsLines) { raw in
            guard case .string(let text, _) = raw else { return nil }
            return try convert(text)
        }
    }

    /// A one-line text, with its placeholders filled in.
    package func string(
        _ name: String, default defaultText: String? = nil, optional: Bool = false, _ summary: String
    ) -> String? {
        parsed(name, type: "string", default: defaultText, optional: optional, summary) { $0 }
    }

    /// A duration with its unit, as in `ConfigQuantity`; a value outside the range is reported.
    package func duration(
        _ name: String, default defaultText: String? = nil, in range: ClosedRange<Duration>? = nil, _ summary: String
    ) -> Duration? {
        parsed(name, type: "duration", default: defaultText, summary) { text in
            guard let duration = ConfigQuantity.duration(text) else {
                throw InvalidText("should be a duration such as \"60s\" (units: ms, s, m, h, d), not \"\(text)\"")
            }
            if let range, !range.contains(duration) {
                let (least, most) = (range.lowerBound.short, range.upperBound.short)
                throw InvalidText("should be from \(least) to \(most), not \"\(text)\"")
            }
            return duration
        }
    }

    /// A size in bytes, from 1 to `most`; the file and `most` state a unit, such as `64MB`.
    package func bytes(
        _ name: String, default defaultText: String? = nil, atMost most: String = "1GB", _ summary: String
    ) -> Int? {
        parsed(name, type: "size", default: defaultText, summary) { text in
            guard let bytes = ConfigQuantity.bytes(text), bytes > 0 else {
                throw InvalidText("should be a size such as \"64MB\" (units: B, kB, MB, GB), not \"\(text)\"")
            }
            guard bytes <= ConfigQuantity.bytes(most) ?? .max else {
                throw InvalidText("should be at most \(most), not \"\(text)\"")
            }
            return bytes
        }
    }

    /// A whole number in the range, or a string that consists of one placeholder whose value is such a number.
    package func integer(
        _ name: String, default defaultValue: Int? = nil, in range: ClosedRange<Int>, _ summary: String
    ) -> Int? {
        scalar(name, "integer", defaultValue.map { "\($0)" }, false, summary) { try Self.integer($0, in: range) }
    }

    /// Like `integer`, but returns nil if it is missing.
    package func integerIfPresent(_ name: String, in range: ClosedRange<Int>, _ summary: String) -> Int? {
        scalar(name, "integer", nil, true, summary) { try Self.integer($0, in: range) }
    }

    private static func integer(_ raw: Raw, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = raw.numberText else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bounds =
                range.upperBound == .max
                ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
            throw InvalidText("should be a whole number \(bounds), not \(text)")
        }
        return number
    }

    /// `true` or `false`, or a string that consists of one placeholder whose value is one of the two.
    package func bool(_ name: String, default defaultValue: Bool, _ summary: String) -> Bool? {
        scalar(name, "boolean", "\(defaultValue)", false, summary) { raw in
            switch raw {
            case .bool(let value): value
            case .string("true", isPlaceholder: true): true
            case .string("false", isPlaceholder: true): false
            default: nil
            }
        }
    }

    /// One of the cases, written as its raw value; any other text is reported, with the most similar case.
    package func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, default defaultValue: Value? = nil, _ summary: String
    ) -> Value? where Value.RawValue == String {
        choice(name, among: Value.allCases.map(\.rawValue), default: defaultValue?.rawValue, summary)
            .flatMap(Value.init)
    }

    /// One of the texts.
    package func choice(
        _ name: String, among known: [String], default defaultText: String? = nil, _ summary: String
    ) -> String? {
        parsed(name, type: known.joined(separator: " \\| "), default: defaultText, summary) { text in
            guard !known.contains(text) else { return text }
            let hint = EditDistance.nearest(to: text, among: known).map { " (did you mean \($0)?)" } ?? ""
            throw InvalidText("should be one of \(known.joined(separator: ", ")), not \"\(text)\"\(hint)")
        }
    }

    /// An address to listen on; an IPv6 address may be in brackets.
    package func listeningHost(_ name: String, default defaultText: String, _ summary: String) -> String? {
        parsed(name, type: "string", default: defaultText, summary) { text in
            let host = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
            guard let fault = HostName.fault(of: host) else { return host }
            throw InvalidText(
                "\(fault); it should be 0.0.0.0 (all of IPv4), :: (all), an address of this machine, or a name of one")
        }
    }

    /// A name that is used in keys and logs.
    package func name(_ name: String, default defaultText: String? = nil, _ summary: String) -> String? {
        parsed(name, type: "name", default: defaultText, summary) { text in
            guard text.wholeMatch(of: /[A-Za-z0-9_\-]{1,64}/) != nil else {
                throw InvalidText("should be 1 to 64 letters, digits, - or _, not \"\(text)\"")
            }
            return text
        }
    }
}
