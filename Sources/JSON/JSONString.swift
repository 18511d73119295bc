import Basics

/// Decodes and encodes JSON strings.
package enum JSONString {
    /// The text of a string token, quotes included in `range`.
    ///
    /// A lone surrogate and bytes that are not UTF-8 become U+FFFD.
    package static func decode(_ range: Range<Int>, hasEscapes: Bool, in text: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        appendDecoded(range, hasEscapes: hasEscapes, in: text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Like `decode`, but appends bytes.
    ///
    /// Without escapes, the bytes are copied from the source unchecked.
    package static func appendDecoded(
        _ range: Range<Int>, hasEscapes: Bool, in text: Span<UInt8>, to output: inout [UInt8]
    ) {
        var index = range.lowerBound + 1
        let end = range.upperBound - 1
        guard hasEscapes else {
            text.extracting(index..<end).withUnsafeBufferPointer { output.append(contentsOf: $0) }
            return
        }
        output.reserveCapacity(output.count + end - index)
        while index < end {
            guard text[index] == UInt8(ascii: "\\") else {
                output.append(text[index])
                index += 1
                continue
            }
            switch text[index + 1] {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                index += appendUnicode(at: index, before: end, in: text, to: &output)
                continue
            default: output.append(text[index + 1])
            }
            index += 2
        }
    }

    /// Appends the character of a `\u` escape or of a surrogate pair, and returns the length of the escape in bytes.
    private static func appendUnicode(
        at index: Int, before end: Int, in text: Span<UInt8>, to output: inout [UInt8]
    ) -> Int {
        let first = codeUnit(at: index, in: text)
        if (0xD800..<0xDC00).contains(first), index + 12 <= end, text[index + 6] == UInt8(ascii: "\\"),
            text[index + 7] == UInt8(ascii: "u")
        {
            let second = codeUnit(at: index + 6, in: text)
            if (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar((first - 0xD800) << 10 + (second - 0xDC00) + 0x10000)
            {
                output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
                return 12
            }
        }
        let scalar = Unicode.Scalar(first) ?? "\u{FFFD}"
        output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        return 6
    }

    private static func codeUnit(at index: Int, in text: Span<UInt8>) -> UInt32 {
        (index + 2...index + 5).reduce(0) { $0 << 4 | UInt32(hexValue(text[$1]) ?? 0) }
    }

    /// Appends the text in quotes; escapes what RFC 8259, section 7, requires, and DEL.
    package static func append(_ bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in bytes {
            if isPlain(byte) { output.append(byte) } else { appendEscape(of: byte, to: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Like the other one, but also escapes these scalars as `\u`, for example invisible ones.
    package static func append(
        _ text: String, to output: inout [UInt8], escaping isEscaped: (Unicode.Scalar) -> Bool
    ) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if scalar.isASCII, let byte = UInt8(exactly: scalar.value), !isPlain(byte) {
                appendEscape(of: byte, to: &output)
            } else if isEscaped(scalar) {
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    output += Array("\\u\(hexadecimal(unit, width: 4))".utf8)
                }
            } else {
                output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Like `append`, but returns a string: the text in quotes, with its escapes.
    package static func quoted(_ text: String) -> String {
        var output: [UInt8] = []
        append(text.utf8, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0x7F
    }

    private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0x09: output.append(UInt8(ascii: "t"))
        default:
            output += Array("u00".utf8)
            output.append(hexDigit(byte >> 4))
            output.append(hexDigit(byte & 15))
        }
    }
}

extension JSONToken {
    private var hasEscapes: Bool { kind == .string(hasEscapes: true) || kind == .name(hasEscapes: true) }

    /// The decoded text of a name or a string; for any other token its bytes, such as a number's digits as written.
    package func text(in text: Span<UInt8>) -> String {
        switch kind {
        case .name, .string: JSONString.decode(range, hasEscapes: hasEscapes, in: text)
        default: text.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The index of this name among `names`, compared byte by byte and usually without a copy; nil if it is not among them.
    package func index(among names: [[UInt8]], in text: Span<UInt8>) -> Int? {
        guard !hasEscapes else {
            var name: [UInt8] = []
            JSONString.appendDecoded(range, hasEscapes: true, in: text, to: &name)
            return names.firstIndex(of: name)
        }
        let length = range.count - 2
        return names.firstIndex { name in
            guard name.count == length else { return false }
            for index in 0..<length where name[index] != text[range.lowerBound + 1 + index] { return false }
            return true
        }
    }
}
