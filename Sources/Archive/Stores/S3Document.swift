import Basics

/// An element of the XML that S3 sends: nested elements, and text.
///
/// We parse XML ourselves, because XML libraries support features that are dangerous in a server's response, such as declared
/// entities and external files, and libxml2 would have to be linked statically. Attributes, comments and processing instructions
/// are skipped; a document type, CDATA, and what is not well-formed is rejected.
struct S3Document {
    let name: String
    /// The element's own text, without that of its children.
    private(set) var text = ""
    private(set) var children: [S3Document] = []

    private static let mostDepth = 16

    subscript(_ name: String) -> String? { children.first { $0.name == name }?.text }

    /// Parses a whole document; nil if it is malformed.
    init?(_ bytes: [UInt8]) {
        guard let whole = String(validating: bytes, as: UTF8.self) else { return nil }
        var rest = whole.utf8[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        // The open elements, outermost first.
        var open: [S3Document] = []
        var root: S3Document?
        while let mark = rest.firstIndex(of: UInt8(ascii: "<")) {
            guard let text = Self.decoded(rest[..<mark]) else { return nil }
            rest = rest[rest.index(after: mark)...]
            if open.isEmpty {
                guard text.allSatisfy(\.isWhitespace) else { return nil }
            } else {
                open[open.count - 1].text += text
            }
            if rest.starts(with: "?".utf8) || rest.starts(with: "!--".utf8) {
                guard let after = Self.behind(rest.first == UInt8(ascii: "?") ? "?>" : "-->", in: rest) else {
                    return nil
                }
                rest = after
                continue
            }
            guard root == nil, let tag = Tag(taking: &rest) else { return nil }
            if tag.kind != .closing {
                guard open.count < Self.mostDepth else { return nil }
                open.append(S3Document(name: tag.name))
            }
            if tag.kind != .opening {
                guard let element = open.popLast(), element.name == tag.name else { return nil }
                if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
            }
        }
        guard let root, rest.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else { return nil }
        self = root
    }

    private init(name: String) {
        self.name = name
    }

    private struct Tag {
        enum Kind {
            case opening, closing
            /// An empty element: `<Prefix/>`.
            case whole
        }

        let name: String
        let kind: Kind

        /// Parses a tag after its `<`; nil if it is malformed.
        init?(taking rest: inout Substring.UTF8View) {
            let isClosing = rest.first == UInt8(ascii: "/")
            if isClosing { rest = rest.dropFirst() }
            let name = rest.prefix { !" \t\r\n/>\"'=<&!".utf8.contains($0) }
            rest = rest[name.endIndex...]
            // Scans to the end of the tag, past the values of attributes, which may contain anything but `<`.
            var quote: UInt8?
            var last: UInt8?
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "<"): return nil
                case UInt8(ascii: ">") where quote == nil:
                    let isWhole = last == UInt8(ascii: "/")
                    guard !name.isEmpty, !(isClosing && isWhole) else { return nil }
                    self.name = String(Substring(name))
                    kind = isClosing ? .closing : isWhole ? .whole : .opening
                    return
                case UInt8(ascii: "\""), UInt8(ascii: "'"):
                    if quote == nil { quote = byte } else if quote == byte { quote = nil }
                default: break
                }
                last = byte
            }
            return nil
        }
    }

    private static func behind(_ end: String, in rest: Substring.UTF8View) -> Substring.UTF8View? {
        Substring(rest).firstRange(of: end).map { Substring(rest)[$0.upperBound...].utf8 }
    }

    /// Replaces character references; nil if one is invalid.
    private static func decoded(_ bytes: Substring.UTF8View) -> String? {
        var output = ""
        var rest = Substring(bytes)
        while let mark = rest.firstIndex(of: "&") {
            output += rest[..<mark]
            guard let end = rest[mark...].firstIndex(of: ";"),
                let scalar = scalar(rest[rest.index(after: mark)..<end])
            else { return nil }
            output.unicodeScalars.append(scalar)
            rest = rest[rest.index(after: end)...]
        }
        return output + rest
    }

    private static func scalar(_ name: Substring) -> Unicode.Scalar? {
        if let scalar = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"][name] as Unicode.Scalar? {
            return scalar
        }
        // No scalar needs more digits.
        guard name.first == "#", (2...9).contains(name.utf8.count) else { return nil }
        let digits = name.dropFirst()
        let value =
            digits.first == "x"
            ? digits.utf8.count > 1 ? hexadecimal(digits.dropFirst().utf8) : nil
            : digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(digits) : nil
        guard let value, let scalar = UInt32(exactly: value) else { return nil }
        return Unicode.Scalar(scalar)
    }
}
