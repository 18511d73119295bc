import NIOCore

/// What an outline says: the method, the target, and the values of its fields.
package struct PlainRequest: Equatable, Sendable {
    package let isHEAD: Bool
    package let target: String
    /// Values by names in lower case, without the white space around them.
    private let values: [String: String]

    /// nil for what is not plain: another version than HTTP/1.1, a field that stands twice, or a value in other than ASCII.
    package init?(_ outline: RequestOutline) {
        let text = String(buffer: outline.bytes)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)
        let words = lines.first?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        guard words.count == 3, words[2] == "HTTP/1.1" else { return nil }
        isHEAD = words[0] == "HEAD"
        target = String(words[1])
        var values: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            let value = line[line.index(after: colon)...].trimming { $0 == " " || $0 == "\t" }
            guard values.updateValue(String(value), forKey: line[..<colon].lowercased()) == nil else { return nil }
        }
        self.values = values
    }

    package subscript(_ name: String) -> String? { values[name] }
}

extension Substring {
    func trimming(_ isBlank: (Character) -> Bool) -> Substring {
        let front = drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return front }
        return front[...last]
    }
}
