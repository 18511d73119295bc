#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Checks hosts: a name (RFC 1123, and `_`, which container engines allow), an IPv4 or an IPv6 address.
package enum HostName {
    /// What is wrong with the text as a host, such as `is empty`; nil if it is valid.
    ///
    /// Does not check whether a name resolves.
    package static func fault(of text: some StringProtocol) -> String? {
        if text.isEmpty { return "is empty" }
        if let hidden = HiddenCharacter(in: text) { return "has \(hidden)" }
        if text.contains(",") { return "is a list; one host is taken" }
        if text.contains(":") {
            let address = String(text.prefix { $0 != "%" })
            return isAddress(address, AF_INET6) ? nil : "is no IPv6 address"
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let names = labels.last == "" ? labels.dropLast() : labels[...]
        let isName =
            text.utf8.count <= 253 && !names.isEmpty
            && names.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy(isNameByte)
            }
        guard isName else { return "is no host name: letters, digits, -, _ and dots" }
        // A name that ends with a number cannot be looked up.
        if names.last?.allSatisfy(\.isNumber) == true, !isAddress(String(text), AF_INET) {
            return "is no IPv4 address"
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, text, &address) == 1
    }
}
