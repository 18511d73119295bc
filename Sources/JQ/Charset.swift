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

/// Decodes texts to UTF-8, by the C library's tables.
///
/// Runs in the filters' process, because the texts are not trusted.
final class CharsetDecoder {
    private let name: String
    private let converter: iconv_t

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

    /// Whether its texts look like ASCII, and so like UTF-8.
    var hasSevenBits: Bool {
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return ["iso2022", "utf7", "hz"].contains { letters.hasPrefix($0) }
    }

    /// Decodes a whole text.
    ///
    /// Bytes that are no character become U+FFFD, because one odd symbol must not lose a page. Throws if there are many, because
    /// then it is another character set, and if the text ends within a character.
    func decode(_ text: [UInt8]) throws(JQError) -> [UInt8] {
        var text = text
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 4)
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var (start, odd) = (0, 0)
        var isEnding = false
        while true {
            let (left, made, code) = convert(&text, from: start, to: &piece, isEnding: isEnding)
            result += piece.prefix(made)
            start = text.count - left
            switch code {
            // A letter is held back while an accent might follow: the last call gets it.
            case 0 where !isEnding: isEnding = true
            case 0: return result
            case E2BIG: break
            case EILSEQ where odd <= 10 + text.count / 1000:
                result += Array("\u{FFFD}".utf8)
                odd += 1
                start += 1
            default: throw JQError("the body is not written in \(name), as its header says", .malformed)
            }
        }
    }

    /// Returns how much of the text is left, how much was made, and `errno` if not all was converted.
    private func convert(
        _ text: inout [UInt8], from start: Int, to piece: inout [UInt8], isEnding: Bool
    ) -> (left: Int, made: Int, code: Int32) {
        text.withUnsafeMutableBytes { text in
            piece.withUnsafeMutableBytes { piece in
                var from = text.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
                var to = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
                var (left, room) = (text.count - start, piece.count)
                let result =
                    isEnding ? iconv(converter, nil, nil, &to, &room) : iconv(converter, &from, &left, &to, &room)
                return (left, piece.count - room, result == -1 ? errno : 0)
            }
        }
    }

    private static var none: iconv_t? { iconv_t(bitPattern: -1) }
}
