import CJQ
import Foundation

/// A character set other than UTF-8 in which a provider says that its page is written (RFC 9110, section 8.3.2).
package struct Charset: Equatable, Sendable {
    let name: String

    /// nil if the media type names none, or one of which UTF-8 is a superset.
    package init?(contentType: String) {
        // What stands behind a comma is another header's value.
        let type = contentType.prefix { $0 != "," }
        let parameters = type.split(separator: ";").dropFirst().map { $0.filter { !$0.isWhitespace } }
        guard let parameter = parameters.first(where: { $0.lowercased().hasPrefix("charset=") }) else { return nil }
        let name = parameter.dropFirst("charset=".count).filter { $0 != "\"" && $0 != "'" }
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        guard !letters.isEmpty, !letters.hasPrefix("utf8"), !["usascii", "ascii"].contains(letters) else { return nil }
        self.name = Self.larger[letters] ?? name
    }

    /// What pages of these character sets are written in, as browsers know (WHATWG Encoding, section 4.2): larger ones.
    private static let larger = [
        "iso88591": "CP1252", "latin1": "CP1252", "l1": "CP1252", "iso88599": "CP1254", "latin5": "CP1254",
        "gb2312": "GB18030", "gbk": "GB18030", "xgbk": "GB18030", "euckr": "CP949", "ksc56011987": "CP949",
        "windows949": "CP949",
        "shiftjis": "CP932", "sjis": "CP932", "xsjis": "CP932", "mskanji": "CP932", "tis620": "CP874",
    ]
}

/// Decodes a text to UTF-8, by the C library's tables.
///
/// Runs in the filters' process, because the text is not trusted.
final class CharsetDecoder {
    let name: String
    private let converter: iconv_t
    /// The beginning of a character whose end is in the next piece.
    private var held: [UInt8] = []

    init(_ name: String) throws(JQError) {
        self.name = name
        // The C library would take other characters as options, or as the path of a module.
        let isName = name.utf8.allSatisfy { $0 < 128 && (isalnum(Int32($0)) != 0 || "-_.:".utf8.contains($0)) }
        guard isName, name.utf8.count <= 40, let converter = iconv_open("UTF-8", name), converter != Self.none else {
            throw JQError(
                "the body is in the character set \"\(name.prefix(40))\", which cannot be decoded here", .malformed)
        }
        self.converter = converter
    }

    deinit {
        iconv_close(converter)
    }

    /// Bytes that are no character become U+FFFD, as one odd symbol must not lose a page; many are another character set's.
    func decode(_ piece: [UInt8]) throws(JQError) -> [UInt8] {
        var input = held + piece
        var result: [UInt8] = []
        var (start, odd) = (0, 0)
        while start < input.count {
            // No byte's character has more than four in UTF-8.
            var output = [UInt8](repeating: 0, count: 4 * (input.count - start) + 16)
            let (left, made, code) = input.withUnsafeMutableBytes { input in
                output.withUnsafeMutableBytes { output in
                    var from = (input.baseAddress.map { $0 + start })?.assumingMemoryBound(to: CChar.self)
                    var to = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                    var (left, room) = (input.count - start, output.count)
                    let result = iconv(converter, &from, &left, &to, &room)
                    return (left, output.count - room, result == -1 ? errno : 0)
                }
            }
            result += output.prefix(made)
            start = input.count - left
            switch code {
            case EILSEQ:
                result += Array("\u{FFFD}".utf8)
                start += 1
                odd += 1
                guard odd <= 10 + input.count / 1000 else { throw fault }
            // An incomplete character at the end.
            case EINVAL:
                held = Array(input[start...])
                return result
            case 0: break
            default: throw fault
            }
        }
        held = []
        return result
    }

    /// Whether its texts look like ASCII, and so like UTF-8.
    var hasSevenBits: Bool {
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return ["iso2022", "utf7", "hz"].contains { letters.hasPrefix($0) }
    }

    /// Must be called after the last piece; returns what was held back, because an accent might have followed.
    func end() throws(JQError) -> [UInt8] {
        guard held.isEmpty else { throw fault }
        var output = [UInt8](repeating: 0, count: 16)
        let made = output.withUnsafeMutableBytes { output in
            var (to, room) = (output.baseAddress?.assumingMemoryBound(to: CChar.self), output.count)
            iconv(converter, nil, nil, &to, &room)
            return output.count - room
        }
        return Array(output.prefix(made))
    }

    private var fault: JQError { JQError("the body is not written in \(name), as its header says", .malformed) }

    private static var none: iconv_t? { iconv_t(bitPattern: -1) }
}
